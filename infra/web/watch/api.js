// The gateway's API as this page needs it: signed in or not, with one renewal of the token when it has run out.
const store = sessionStorage;

export class Problem extends Error {
    constructor(status, body) {
        super(body.detail || body.title || `The server answered ${status}.`);
        this.status = status;
        this.type = (body.type || '').split('/').pop();
    }
}

export const session = {
    get user() { return JSON.parse(store.getItem('user') || 'null'); },
    get isThere() { return store.getItem('accessToken') !== null; },
    keep(tokens) {
        store.setItem('accessToken', tokens.accessToken);
        store.setItem('refreshToken', tokens.refreshToken);
        if (tokens.user) { store.setItem('user', JSON.stringify(tokens.user)); }
    },
    forget() { store.clear(); },
};

export async function call(method, path, body, options = {}) {
    let answer = await send(method, path, body, options);
    if (answer.status === 401 && store.getItem('refreshToken') && await renew()) {
        answer = await send(method, path, body, options);
    }
    const text = await answer.text();
    const content = text && (answer.headers.get('content-type') || '').includes('json') ? JSON.parse(text) : {};
    if (!answer.ok) { throw new Problem(answer.status, content); }
    return content;
}

function send(method, path, body, options) {
    const headers = {};
    if (body !== undefined) { headers['content-type'] = 'application/json'; }
    if (session.isThere && !options.anonymous) { headers.authorization = `Bearer ${store.getItem('accessToken')}`; }
    return fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), keepalive: options.keepalive === true });
}

async function renew() {
    const answer = await send('POST', '/v1/sessions/refresh', { refreshToken: store.getItem('refreshToken') }, { anonymous: true });
    if (!answer.ok) {
        session.forget();
        return false;
    }
    session.keep(await answer.json());
    return true;
}

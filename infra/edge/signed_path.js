// Checks the token of a signed path: /s/<exp>.<key id>.<session>.<signature>/<asset>/<hash>/<file>
// The signature is HMAC-SHA256 over "<exp>.<key id>.<session>/<asset>/<hash>" with the key of that id, as base64url.
// The file of keys ("<id> <base64url secret>" a line) is read each time: a rotation needs no reload.
import crypto from 'crypto';
import fs from 'fs';

const path = /^\/s\/([0-9]{1,12})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,128})\.([A-Za-z0-9_-]{43})\/([A-Za-z0-9-]{1,64})\/([A-Za-z0-9_-]{1,128})\/([A-Za-z0-9._-]{1,128})$/;

// verdict: "ok", "expired" or "forged".
function verdict(request) {
    const parts = path.exec(request.uri);
    if (!parts) {
        return 'forged';
    }
    const key = keyNamed(parts[2], request.variables.playback_keys);
    if (!key) {
        return 'forged';
    }
    const signed = parts[1] + '.' + parts[2] + '.' + parts[3] + '/' + parts[5] + '/' + parts[6];
    const expected = crypto.createHmac('sha256', key).update(signed).digest('base64url');
    if (!equal(expected, parts[4])) {
        return 'forged';
    }
    return Number(parts[1]) > Date.now() / 1000 ? 'ok' : 'expired';
}

function keyNamed(id, file) {
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    for (let i = 0; i < lines.length; i++) {
        const words = lines[i].trim().split(' ');
        if (words.length === 2 && words[0] === id) {
            return Buffer.from(words[1], 'base64url');
        }
    }
    return null;
}

// equal: takes the same time wherever two texts of one length differ.
function equal(one, other) {
    if (one.length !== other.length) {
        return false;
    }
    let difference = 0;
    for (let i = 0; i < one.length; i++) {
        difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
    }
    return difference === 0;
}

export default { verdict };

// The page /watch/?course=<id>&lecture=<id>: sign in, choose a lecture, play it, and tell the platform what was watched.
import { Problem, call, session } from './api.js';
import { Player } from './player.js';
import { Progress } from './progress.js';

const query = new URLSearchParams(location.search);
const element = (id) => document.getElementById(id);
const video = element('video');
let course = null;
let lecture = null;
let player = null;

const progress = new Progress(video, async (report, leaving) => {
    if (!session.isThere || !lecture) { return; }
    const path = `/v1/me/courses/${course.id}/lectures/${lecture.id}/progress`;
    show(await call('PUT', path, report, { keepalive: leaving }));
});

function say(text) {
    element('status').textContent = text;
}

function show(result) {
    element('progress').value = result.percent;
    element('percent').textContent = `${result.percent} %`;
}

function showAccount() {
    element('account').hidden = !session.isThere;
    element('account-name').textContent = session.user ? session.user.displayName : '';
    element('sign-in').hidden = session.isThere;
}

async function loadCourse() {
    course = await call('GET', `/v1/courses/${encodeURIComponent(query.get('course'))}`, undefined, { anonymous: true });
    document.title = `${course.title}: Lyceum`;
    element('course-title').textContent = course.title;
    element('sections').replaceChildren(...course.sections.map(sectionItem));
}

function sectionItem(section) {
    const item = document.createElement('li');
    const title = document.createElement('h3');
    title.textContent = section.title;
    const lectures = document.createElement('ol');
    lectures.append(...section.lectures.map(lectureItem));
    item.append(title, lectures);
    return item;
}

function lectureItem(one) {
    const item = document.createElement('li');
    if (one.kind !== 'video') {
        item.textContent = `${one.title} (${one.kind})`;
        return item;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.lecture = one.id;
    button.textContent = one.title + (one.durationMs ? ` (${minutes(one.durationMs)})` : '') + (one.isPreview ? ', preview' : '');
    button.addEventListener('click', () => open(one));
    item.append(button);
    return item;
}

function minutes(milliseconds) {
    const seconds = Math.round(milliseconds / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

async function open(one) {
    await progress.report();
    progress.reset();
    if (player) { player.stop(); }
    lecture = one;
    element('lecture-title').textContent = one.title;
    element('enrol').hidden = true;
    document.querySelectorAll('[data-lecture]').forEach((button) => button.setAttribute('aria-current', String(button.dataset.lecture === one.id)));
    query.set('lecture', one.id);
    history.replaceState(null, '', `?${query}`);
    try {
        await play(await call('POST', `/v1/lectures/${one.id}/playback`));
    } catch (problem) {
        refuse(problem);
    }
}

async function play(playback) {
    say('');
    if (playback.poster) { video.poster = playback.poster; }
    player = new Player(video, { way: query.get('player'), failed: refuse });
    await player.play(playback.manifests.hls);
    const duration = () => video.duration - 1;
    video.addEventListener('loadedmetadata', () => { if (playback.position > 0 && playback.position < duration()) { video.currentTime = playback.position; } }, { once: true });
    await video.play().catch(() => say('Ready: press play.'));
}

function refuse(problem) {
    say(problem.message);
    if (problem instanceof Problem && problem.status === 403 && session.isThere) { element('enrol').hidden = false; }
    if (problem instanceof Problem && (problem.status === 401 || problem.status === 403)) { showAccount(); }
}

async function signIn(email, password) {
    try {
        session.keep(await call('POST', '/v1/sessions', { email, password }, { anonymous: true }));
        say('');
        showAccount();
        if (lecture) { await open(lecture); }
    } catch (problem) {
        say(problem.message);
    }
}

// The local stack puts a demo login beside this page; elsewhere there is none.
async function offerDemo() {
    const answer = await fetch('demo.json').catch(() => null);
    if (!answer || !answer.ok) { return; }
    const login = await answer.json();
    element('demo-login').hidden = false;
    element('demo-login').addEventListener('click', () => signIn(login.email, login.password));
}

function listen() {
    element('sign-in').addEventListener('submit', (event) => {
        event.preventDefault();
        signIn(element('email').value, element('password').value);
    });
    element('sign-out').addEventListener('click', async () => {
        await call('DELETE', '/v1/sessions/current').catch(() => undefined);
        session.forget();
        showAccount();
    });
    element('enrol-button').addEventListener('click', async () => {
        try {
            await call('POST', '/v1/enrollments', { courseId: course.id });
            await open(lecture);
        } catch (problem) {
            refuse(problem);
        }
    });
    video.addEventListener('error', () => { if (video.error && video.getAttribute('src')) { say(`The video cannot be played: ${video.error.message || 'unknown reason'}.`); } });
}

async function start() {
    listen();
    showAccount();
    offerDemo();
    if (!query.get('course')) { return say('No course is named in the address: /watch/?course=…&lecture=…'); }
    try {
        await loadCourse();
    } catch (problem) {
        return say(problem.message);
    }
    const all = course.sections.flatMap((section) => section.lectures).filter((one) => one.kind === 'video');
    const chosen = all.find((one) => one.id === query.get('lecture')) || all[0];
    if (chosen) { await open(chosen); }
}

start();

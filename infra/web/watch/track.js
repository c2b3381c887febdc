// Feeds one SourceBuffer (video, or audio of its own) with the segments around the playing position.
import { readMedia } from './playlist.js';

const AHEAD = 20;
const BEHIND = 30;

export class Track {
    // choose: a function that names the playlist to take the next segment from; measured: hears of bytes and seconds of each download.
    constructor(video, buffer, choose, measured) {
        Object.assign(this, { video, buffer, choose, measured, playlists: new Map(), current: null, next: 0, aborter: new AbortController() });
    }

    async prepare() {
        return (await this.playlist(this.choose())).duration;
    }

    stop() {
        this.aborter.abort();
    }

    // Fills until the end; resolves then, and may be called again after a jump back.
    async fill() {
        while (!this.aborter.signal.aborted) {
            const url = this.choose();
            const playlist = await this.playlist(url);
            this.follow(playlist);
            if (this.next >= playlist.segments.length) { return; }
            if (this.bufferedUntil() - this.video.currentTime > AHEAD) {
                await this.pause();
                continue;
            }
            if (this.current !== url && playlist.map) { await this.append(await this.fetch(playlist.map)); }
            this.current = url;
            const index = this.next;
            const bytes = await this.fetch(playlist.segments[index]);
            if (this.next !== index) { continue; }
            await this.append(bytes);
            this.next = index + 1;
        }
    }

    // After a jump to where nothing is buffered, the next segment is the one at the new position.
    follow(playlist) {
        const time = this.video.currentTime;
        const at = playlist.segments.findIndex((segment) => time < segment.start + segment.duration);
        const wanted = at < 0 ? playlist.segments.length : at;
        if (!this.isBuffered(time) && (this.next < wanted || this.next > wanted + 1)) { this.next = wanted; }
    }

    isBuffered(time) {
        const { buffered } = this.buffer;
        for (let i = 0; i < buffered.length; i++) {
            if (buffered.start(i) - 0.2 <= time && time < buffered.end(i)) { return true; }
        }
        return false;
    }

    bufferedUntil() {
        const { buffered } = this.buffer, time = this.video.currentTime;
        for (let i = 0; i < buffered.length; i++) {
            if (buffered.start(i) - 0.2 <= time && time < buffered.end(i)) { return buffered.end(i); }
        }
        return time;
    }

    async playlist(url) {
        if (!this.playlists.has(url)) {
            const answer = await fetch(url, { signal: this.aborter.signal });
            if (!answer.ok) { throw new Error(`The stream answered ${answer.status}.`); }
            this.playlists.set(url, readMedia(await answer.text(), url));
        }
        return this.playlists.get(url);
    }

    async fetch({ url, range }) {
        const begin = performance.now();
        const headers = range ? { range: `bytes=${range.first}-${range.last}` } : {};
        const answer = await fetch(url, { headers, signal: this.aborter.signal });
        if (!answer.ok) { throw new Error(`The stream answered ${answer.status}.`); }
        const bytes = await answer.arrayBuffer();
        this.measured(bytes.byteLength, (performance.now() - begin) / 1000);
        return bytes;
    }

    async append(bytes) {
        try {
            this.buffer.appendBuffer(bytes);
        } catch (error) {
            if (error.name !== 'QuotaExceededError') { throw error; }
            this.buffer.remove(0, Math.max(0.1, this.video.currentTime - BEHIND));
            await this.updated();
            this.buffer.appendBuffer(bytes);
        }
        await this.updated();
    }

    updated() {
        return new Promise((resolve, reject) => {
            this.buffer.addEventListener('updateend', resolve, { once: true });
            this.buffer.addEventListener('error', () => reject(new Error('The browser cannot decode this stream.')), { once: true });
        });
    }

    // Until the position moves.
    pause() {
        return new Promise((resolve) => {
            for (const event of ['timeupdate', 'seeking']) { this.video.addEventListener(event, resolve, { once: true }); }
            this.aborter.signal.addEventListener('abort', resolve, { once: true });
        });
    }
}

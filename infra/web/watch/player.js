// Plays an HLS stream: by the browser itself where it can, otherwise through Media Source Extensions.
import { readMaster } from './playlist.js';
import { Track } from './track.js';

const NATIVE = 'application/vnd.apple.mpegurl';

export class Player {
    // way: 'native', 'mse', or nothing to let the browser decide.
    constructor(video, { way, failed }) {
        Object.assign(this, { video, failed, tracks: [], bitsPerSecond: 2_000_000 });
        const canPlay = video.canPlayType(NATIVE) !== '';
        this.way = way || (canPlay ? 'native' : 'mse');
    }

    async play(url) {
        if (this.way === 'native') {
            this.video.src = url;
        } else if (window.MediaSource) {
            await this.open(url);
        } else {
            throw new Error('This browser can play neither HLS nor Media Source Extensions.');
        }
    }

    stop() {
        this.tracks.forEach((track) => track.stop());
        this.tracks = [];
        this.video.removeAttribute('src');
        this.video.load();
    }

    async open(url) {
        const answer = await fetch(url);
        if (!answer.ok) { throw new Error(`The stream answered ${answer.status}.`); }
        this.variants = readMaster(await answer.text(), url).filter(isSupported);
        if (this.variants.length === 0) { throw new Error('This browser supports none of the stream’s codecs.'); }
        const source = new MediaSource();
        this.video.src = URL.createObjectURL(source);
        await new Promise((resolve) => { source.addEventListener('sourceopen', resolve, { once: true }); });
        URL.revokeObjectURL(this.video.src);
        this.addTracks(source);
        const durations = await Promise.all(this.tracks.map((track) => track.prepare()));
        source.duration = Math.max(...durations);
        this.keepFilled(source);
    }

    addTracks(source) {
        const add = (type, choose) => {
            this.tracks.push(new Track(this.video, source.addSourceBuffer(type), choose, (bytes, seconds) => this.measure(bytes, seconds)));
        };
        const first = this.variants[0];
        add(videoType(first), () => this.variant().url);
        if (first.audio) { add(audioType(first), () => this.variant().audio); }
    }

    // The best variant that the line carries with room to spare.
    variant() {
        const fitting = this.variants.filter((variant) => variant.bandwidth < this.bitsPerSecond * 0.8);
        return fitting.at(-1) || this.variants[0];
    }

    measure(bytes, seconds) {
        if (bytes < 10_000 || seconds <= 0) { return; }
        this.bitsPerSecond = 0.6 * this.bitsPerSecond + 0.4 * (bytes * 8 / seconds);
    }

    // Fills every track to its end, and anew after each jump.
    keepFilled(source) {
        let running = null;
        const fill = () => {
            running ??= Promise.all(this.tracks.map((track) => track.fill()))
                .then(() => { if (source.readyState === 'open' && this.tracks.every((track) => !track.buffer.updating)) { source.endOfStream(); } })
                .catch((error) => { if (error.name !== 'AbortError') { this.failed(error); } })
                .finally(() => { running = null; });
        };
        this.video.addEventListener('seeking', fill);
        fill();
    }
}

const isSound = (codec) => /^(mp4a|opus|ac-3|ec-3|flac)/i.test(codec);
const videoType = (variant) => `video/mp4; codecs="${variant.codecs.filter((codec) => !variant.audio || !isSound(codec)).join(',')}"`;
const audioType = (variant) => `audio/mp4; codecs="${variant.codecs.filter(isSound).join(',')}"`;
const isSupported = (variant) => MediaSource.isTypeSupported(videoType(variant)) && (!variant.audio || MediaSource.isTypeSupported(audioType(variant)));

// Watches what is really played and reports it every few seconds, in whole seconds; what could not be sent goes with the next report.
const EVERY = 5000;

export class Progress {
    // send: takes {intervals, positionSeconds} and resolves when the server has it.
    constructor(video, send) {
        Object.assign(this, { video, send, from: null, last: 0, watched: [] });
        video.addEventListener('playing', () => this.begin());
        video.addEventListener('timeupdate', () => this.move());
        for (const event of ['pause', 'seeking', 'ended']) { video.addEventListener(event, () => this.end()); }
        video.addEventListener('pause', () => this.report());
        video.addEventListener('ended', () => this.report());
        addEventListener('pagehide', () => { this.end(); this.report(true); });
        setInterval(() => { this.cut(); this.report(); }, EVERY);
    }

    begin() {
        this.from ??= this.video.currentTime;
        this.last = this.video.currentTime;
    }

    move() {
        if (this.from !== null && !this.video.seeking) { this.last = this.video.currentTime; }
    }

    end() {
        if (this.from !== null && this.last > this.from) { this.watched.push([Math.floor(this.from), Math.round(this.last)]); }
        this.from = null;
    }

    // An interval that still goes on is reported up to here.
    cut() {
        if (this.from === null) { return; }
        this.end();
        if (!this.video.paused) { this.from = this.last; }
    }

    reset() {
        this.from = null;
        this.watched = [];
    }

    async report(leaving = false) {
        const intervals = this.watched.filter(([from, to]) => to > from);
        if (intervals.length === 0) { return; }
        this.watched = [];
        try {
            await this.send({ intervals, positionSeconds: Math.floor(this.video.currentTime) }, leaving);
        } catch {
            this.watched = intervals.concat(this.watched).slice(-200);
        }
    }
}

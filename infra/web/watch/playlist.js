// Reads HLS playlists (RFC 8216) as far as Lyceum writes them: variants, audio groups, fMP4 segments with or without byte ranges.

function attributes(text) {
    const found = {};
    for (const [, name, quoted, plain] of text.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))/g)) { found[name] = quoted ?? plain; }
    return found;
}

// Variants by rising bandwidth: { url, bandwidth, height, codecs: [text], audio: url of its audio playlist or null }.
export function readMaster(text, base) {
    const audio = {};
    const variants = [];
    let pending = null;
    for (const line of text.split(/\r?\n/)) {
        if (line.startsWith('#EXT-X-MEDIA:')) {
            const found = attributes(line.slice(13));
            if (found.TYPE === 'AUDIO' && found.URI && (!audio[found['GROUP-ID']] || found.DEFAULT === 'YES')) {
                audio[found['GROUP-ID']] = new URL(found.URI, base).href;
            }
        } else if (line.startsWith('#EXT-X-STREAM-INF:')) {
            pending = attributes(line.slice(18));
        } else if (line && !line.startsWith('#') && pending) {
            variants.push({
                url: new URL(line, base).href,
                bandwidth: Number(pending.BANDWIDTH),
                height: Number((pending.RESOLUTION || 'x0').split('x')[1]),
                codecs: (pending.CODECS || '').split(',').map((codec) => codec.trim()).filter(Boolean),
                group: pending.AUDIO,
            });
            pending = null;
        }
    }
    for (const variant of variants) { variant.audio = audio[variant.group] || null; }
    return variants.sort((one, other) => one.bandwidth - other.bandwidth);
}

// { map: {url, range}, segments: [{url, range, start, duration}], duration }
export function readMedia(text, base) {
    const segments = [];
    let map = null, duration = 0, start = 0, range = null, offset = 0;
    for (const line of text.split(/\r?\n/)) {
        if (line.startsWith('#EXT-X-MAP:')) {
            const found = attributes(line.slice(11));
            map = { url: new URL(found.URI, base).href, range: found.BYTERANGE ? byteRange(found.BYTERANGE, 0) : null };
        } else if (line.startsWith('#EXTINF:')) {
            duration = parseFloat(line.slice(8));
        } else if (line.startsWith('#EXT-X-BYTERANGE:')) {
            range = byteRange(line.slice(17), offset);
            offset = range.last + 1;
        } else if (line && !line.startsWith('#')) {
            segments.push({ url: new URL(line, base).href, range, start, duration });
            start += duration;
            range = null;
        }
    }
    return { map, segments, duration: start };
}

function byteRange(text, next) {
    const [length, first] = text.split('@').map(Number);
    const begin = Number.isFinite(first) ? first : next;
    return { first: begin, last: begin + length - 1 };
}

// What the test of screens has the browser do with PNGs, which are texts in base 64 here.

async function pixels(base64) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
}

// How many of ten thousand pixels differ so much that one sees it.
async function apart(before, now) {
    const [a, b] = [await pixels(before), await pixels(now)];
    if (a.width !== b.width || a.height !== b.height) return 10000;
    let different = 0;
    for (let i = 0; i < a.data.length; i += 4) {
        if ([0, 1, 2].some((part) => Math.abs(a.data[i + part] - b.data[i + part]) > 64)) different += 1;
    }
    return different * 40000 / a.data.length;
}

// The same picture in the 256 colours that it has most of, as an indexed PNG.
async function packed(base64) {
    const { width, height, data } = await pixels(base64);
    const colour = (i) => (data[i] >> 3) << 10 | (data[i + 1] >> 3) << 5 | data[i + 2] >> 3;
    const counts = new Map();
    for (let i = 0; i < data.length; i += 4) counts.set(colour(i), (counts.get(colour(i)) ?? 0) + 1);
    const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([it]) => it);
    const parts = (it) => [it >> 10, it >> 5 & 31, it & 31];
    const apartBy = (a, b) => parts(a).reduce((sum, part, n) => sum + (part - parts(b)[n]) ** 2, 0);
    const nearest = new Map(palette.map((it, n) => [it, n]));
    const index = (it) => {
        if (!nearest.has(it)) {
            nearest.set(it, palette.reduce((best, other, n) => apartBy(it, other) < apartBy(it, palette[best]) ? n : best, 0));
        }
        return nearest.get(it);
    };
    const rows = new Uint8Array((width + 1) * height);
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = index(colour(4 * (y * width + x)));
    }
    const stream = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
    const deflated = new Uint8Array(await new Response(stream).arrayBuffer());
    const number = (n) => [n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255];
    const full = (part) => part << 3 | part >> 2;
    const chunks = [
        ["IHDR", [...number(width), ...number(height), 8, 3, 0, 0, 0]],
        ["PLTE", palette.flatMap((it) => parts(it).map(full))],
        ["IDAT", deflated],
        ["IEND", []],
    ];
    const png = [137, 80, 78, 71, 13, 10, 26, 10];
    for (const [name, body] of chunks) {
        const named = [...new TextEncoder().encode(name), ...body];
        png.push(...number(body.length), ...named, ...number(checksum(named)));
    }
    return btoa(png.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}

// CRC-32, as PNG has it.
function checksum(bytes) {
    let crc = -1;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return (crc ^ -1) >>> 0;
}

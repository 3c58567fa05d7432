// A zip archive with stored entries (PKWARE's APPNOTE 4.3): enough for the few small files of a test.
import { crc32 } from 'node:zlib';

function record(signature, fields, ...rest) {
  const head = Buffer.alloc(4 + fields.reduce((size, [bytes]) => size + bytes, 0));
  let at = head.writeUInt32LE(signature);
  for (const [bytes, value] of fields) at = head.writeUIntLE(value, at, bytes);
  return Buffer.concat([head, ...rest]);
}

/** files: { name: text } */
export function zip(files) {
  const locals = [];
  const central = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const path = Buffer.from(name);
    const data = Buffer.from(text);
    // Version 2.0, UTF-8 names, stored, midnight of 1 January 2026.
    const common = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 0x5c21], [4, crc32(data)], [4, data.length], [4, data.length], [2, path.length], [2, 0]];
    const local = record(0x04034b50, common, path, data);
    central.push(record(0x02014b50, [[2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]], path));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const count = central.length;
  const end = record(0x06054b50, [[2, 0], [2, 0], [2, count], [2, count], [4, directory.length], [4, offset], [2, 0]]);
  return Buffer.concat([...locals, directory, end]);
}

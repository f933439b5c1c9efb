// Classes of the `worker` crate that the edge makes none of: only their exports keep their code in the module.
const CLASSES = 'containerstartupoptions|minifyconfig|r2range|intounderlyingbytesource|intounderlyingsink|intounderlyingsource';
const UNUSED = new RegExp(`^(__wbg_([gs]et_)?)?(${CLASSES})_`);
const FREED = new RegExp(`__wbg_(${CLASSES})_free`);
const EXPORTS = 7;

// The module without them, all else as it is; binaryen then finds that nobody calls what they led to.
export function withoutUnused(module) {
  const parts = [module.subarray(0, 8)];
  for (let at = 8; at < module.length; ) {
    const [length, start] = number(module, at + 1);
    const end = start + length;
    if (module[at] === EXPORTS) {
      const kept = used(module, start);
      const section = Buffer.concat([written(kept.length), ...kept]);
      parts.push(Buffer.from([EXPORTS]), written(section.length), section);
    } else {
      parts.push(module.subarray(at, end));
    }
    at = end;
  }
  return Buffer.concat(parts);
}

function used(module, start) {
  let [count, at] = number(module, start);
  const kept = [];
  for (; count > 0; count--) {
    const [length, name] = number(module, at);
    const [, end] = number(module, name + length + 1);
    if (!UNUSED.test(module.toString('utf8', name, name + length))) kept.push(module.subarray(at, end));
    at = end;
  }
  return kept;
}

// LEB128 (WebAssembly core specification, section 5.2.2): the number, and where it ends.
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7, at++) {
    value += (bytes[at] & 127) * 2 ** shift;
    if (bytes[at] < 128) return [value, at + 1];
  }
}

function written(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

// The script without what these classes do; their names stay, since others speak of them.
export function withoutMethods(script) {
  const classes = /(\w+)=class\{(?:(?!=class\{)[^])*?\1\.prototype\.free\)/g;
  return script.replace(classes, (text, name) => (FREED.test(text) ? `${name}=class{}` : text));
}

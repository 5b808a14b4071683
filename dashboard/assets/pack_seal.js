// Sealing a crew's day under a phrase, and opening what is sealed: WebCrypto alone, the same here, there and in the file.
//
// PBKDF2-HMAC-SHA256 makes the key, AES-256-GCM seals. What a seal is about (a pack's header, an entry's name) is no
// secret but is sealed with it: changed by one byte, it does not open. docs/decisions/0021 says why so.
window.roundsSeal = (function () {
  "use strict";

  // Letters only, so that a phone's keyboard need not be switched, and none that is taken for another one.
  const LETTERS = "abcdefghjkmnpqrstuwxyz", LONG = 18, GROUP = 3;
  const LEAST_ROUNDS = 600000, MOST_ROUNDS = 10000000;
  const S = { letters: LETTERS, long: LONG };
  const utf8 = (text) => new TextEncoder().encode(text);

  S.able = () => Boolean(window.crypto && crypto.subtle);
  S.phrase = function () {
    const fair = 256 - (256 % LETTERS.length); // a byte above would make some letters likelier than others
    let text = "";
    while (text.length < LONG) for (const byte of crypto.getRandomValues(new Uint8Array(LONG)))
      if (byte < fair && text.length < LONG) text += LETTERS[byte % LETTERS.length];
    return text;
  };
  S.shown = (phrase) => phrase.match(new RegExp(".{1," + GROUP + "}", "g")).join(" ");
  // Capitals, spaces, hyphens and the full-width letters of a Chinese keyboard are no other phrase.
  S.normal = (text) => text.normalize("NFKC").toLowerCase().replace(/[^a-z]/g, "");
  S.random = (n) => S.base64(crypto.getRandomValues(new Uint8Array(n)));

  S.base64 = function (bytes) {
    let text = "";
    for (let k = 0; k < bytes.length; k += 8192) text += String.fromCharCode(...bytes.subarray(k, k + 8192));
    return btoa(text);
  };
  S.bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

  S.key = async function (phrase, header) {
    if (!Number.isInteger(header.rounds) || header.rounds < LEAST_ROUNDS || header.rounds > MOST_ROUNDS) throw new Error("rounds");
    const raw = await crypto.subtle.importKey("raw", utf8(S.normal(phrase)), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: S.bytes(header.salt), iterations: header.rounds };
    return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  };
  S.seal = async function (key, about, text) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv, additionalData: utf8(about) }, key, utf8(text)));
    const whole = new Uint8Array(iv.length + sealed.length);
    whole.set(iv);
    whole.set(sealed, iv.length);
    return S.base64(whole);
  };
  S.open = async function (key, about, sealed) {
    const whole = S.bytes(sealed);
    const how = { name: "AES-GCM", iv: whole.subarray(0, 12), additionalData: utf8(about) };
    return new TextDecoder().decode(await crypto.subtle.decrypt(how, key, whole.subarray(12)));
  };
  // What an entry's seal is about: its pack and its name, so that none can be put in another's place.
  S.about = (header, slot) => header + "\n" + slot;

  S.uuid = function () {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    return [...b].map((x, k) => ([4, 6, 8, 10].includes(k) ? "-" : "") + x.toString(16).padStart(2, "0")).join("");
  };
  S.fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  S.save = function (name, type, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: type }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  // A file of entries: the header of their pack, and each entry as it was sealed.
  S.CARRIED = "rounds-carried/1";
  S.saveCarried = function (header, entries) {
    const about = JSON.parse(header), two = (n) => String(n).padStart(2, "0"), now = new Date();
    const name = "rounds-" + about.day + "-" + about.crew.replace(/[^A-Za-z0-9_-]/g, "-") + "-back-" + two(now.getHours()) + two(now.getMinutes()) + ".json";
    S.save(name, "application/json", JSON.stringify({ format: S.CARRIED, header: header, entries: entries }));
    return name;
  };
  return S;
})();

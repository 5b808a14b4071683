// Bringing back: a file of a day pack is opened here under its phrase and sent entry by entry; what became of each is shown.
(function (S) {
  "use strict";

  const $ = (id) => document.getElementById(id), page = JSON.parse($("page").textContent), W = page.words;
  const PART = 8;
  const say = (text) => { $("told").textContent = text; $("told").hidden = !text; };
  const el = (tag, name, text) => { const node = document.createElement(tag); node.className = name || ""; node.textContent = text || ""; return node; };

  async function opened(file, phrase) {
    let carried, header;
    try {
      carried = JSON.parse(await file.text());
      header = JSON.parse(carried.header);
      if (carried.format !== S.CARRIED || typeof carried.entries !== "object") throw new Error("format");
    } catch (_) { throw new Error(W.damaged); }
    if (header.crew !== page.crew || header.day !== page.day) throw new Error(W.foreign);
    const key = await S.key(phrase, header).catch(() => { throw new Error(W.damaged); });
    const read = [], slots = Object.entries(carried.entries);
    for (const [slot, sealed] of slots) {
      try { read.push({ slot: slot, entry: JSON.parse(await S.open(key, S.about(carried.header, slot), sealed)) }); } catch (_) { /* counted below */ }
    }
    if (slots.length && !read.length) throw new Error(W.wrong);
    read.sort((a, b) => (a.entry.at < b.entry.at ? -1 : 1));
    return { carried: carried, read: read, lost: slots.length - read.length };
  }

  async function send(read) {
    const results = [];
    for (let k = 0; k < read.length; k += PART) {
      say(S.fill(W.sending, { done: k, total: read.length }));
      const part = read.slice(k, k + PART).map((one) => ({ path: one.entry.path, body: one.entry.body }));
      const answer = await fetch(page.api + "/upload", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ crew: page.crew, day: page.day, entries: part }) });
      const told = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Error(told.error || W.no_line);
      results.push(...told.results);
    }
    return results;
  }

  function show(results, carried, lost) {
    const count = (state) => results.filter((one) => one.state === state).length;
    const sums = [[W.sum_new, "new"], [W.sum_known, "known"], [W.sum_refused, "refused"]].map(([text, state]) => S.fill(text, { n: count(state) }));
    say([count("new") + count("refused") ? sums.join(" · ") : W.nothing_new, lost ? S.fill(W.some_wrong, { n: lost }) : ""].filter(Boolean).join(" "));
    const names = { new: W.new, known: W.known, refused: W.not_taken };
    $("results").replaceChildren(...results.map((one) => {
      const row = el("li", one.state + (one.there.length ? " beside" : ""));
      const head = el("div", "head");
      head.append(el("b", "", one.who), el("span", "state", names[one.state]));
      row.append(head);
      if (one.here) row.append(el("p", "here", (one.there.length ? W.here + ": " : "") + one.here));
      for (const there of one.there) row.append(el("p", "there", W.there + ": " + there));
      for (const told of one.told) row.append(el("p", "why", told));
      return row;
    }));
    const refused = new Set(results.filter((one) => one.state === "refused").map((one) => "e:" + one.id));
    const left = Object.fromEntries(Object.entries(carried.entries).filter(([slot]) => refused.has(slot)));
    $("refused").hidden = !Object.keys(left).length;
    $("refused").onclick = () => S.saveCarried(carried.header, left);
  }

  async function bring(event) {
    event.preventDefault();
    const file = $("file").files[0];
    if (!file) { say(W.choose); return; }
    $("bring").disabled = true;
    say(W.opening);
    try {
      const { carried, read, lost } = await opened(file, $("lock-phrase").value);
      show(await send(read), carried, lost);
    } catch (error) {
      say(error instanceof TypeError || error instanceof SyntaxError ? W.no_line : error.message);
    } finally { $("bring").disabled = false; }
  }

  if (S.able()) $("form").addEventListener("submit", bring);
  else { say(W.unable); $("bring").disabled = true; }
})(window.roundsSeal);

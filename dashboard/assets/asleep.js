// A desk that was left alone: crews that call for help are told beside the login form, and in the tab's name.
(function () {
  "use strict";

  const EVERY_MS = 20000, box = document.getElementById("alarms"), name = document.title;

  async function ask() {
    const answer = await fetch(box.dataset.from).catch(() => null);
    if (!answer || !answer.ok) return; // asked again in a moment; what was told stays
    const told = (await answer.json()).told;
    box.replaceChildren(...told.map((text) => {
      const line = document.createElement("p");
      line.textContent = "\u26a0 " + text;
      return line;
    }));
    document.title = told.length ? "\u26a0 " + told[0] : name;
  }

  ask();
  setInterval(ask, EVERY_MS);
})();

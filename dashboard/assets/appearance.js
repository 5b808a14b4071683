// Light, dark or like the system. Streamlit reads its choice when a page is loaded, from the browser's store and apart
// for each path; so it is written for all of ours. Our plain pages take the same choice, before they are drawn.
(() => {
  "use strict";
  const CHOICES = { system: "System", light: "Light", dark: "Dark" };
  const key = path => `stActiveTheme-${path}-v2`;

  const kept = path => {
    try {
      const said = JSON.parse(localStorage.getItem(key(path)));
      return Object.keys(CHOICES).find(one => CHOICES[one] === said) || "system";
    } catch {
      return "system";
    }
  };

  const script = document.currentScript;
  const paths = JSON.parse(script.dataset.paths);
  const draw = () => { document.documentElement.dataset.look = kept(paths[0]); };
  draw();

  document.addEventListener("DOMContentLoaded", () => {
    const buttons = [...document.querySelectorAll("button[name=look]")];
    const show = () => buttons.forEach(one => one.setAttribute("aria-pressed", String(one.value === kept(paths[0]))));
    const back = document.getElementById("back");
    // Where one came from, with the view in its address; only pages of ours are gone back to.
    const from = document.referrer && new URL(document.referrer);
    if (back && from && from.origin === location.origin && from.pathname !== location.pathname) back.href = from.href;
    show();
    buttons.forEach(one => one.addEventListener("click", () => {
      paths.forEach(path => localStorage.setItem(key(path), JSON.stringify(CHOICES[one.value])));
      draw();
      show();
      location.assign(back.href);
    }));
  });
})();

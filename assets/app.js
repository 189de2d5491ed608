// Only makes quicker what works without: fields that follow an answer, a quick way out, the device's own voice.
(() => {
  "use strict";
  const follow = (form) => {
    for (const part of form.querySelectorAll("[data-show-name]")) {
      const asked = [...form.elements].filter((el) => el.name === part.dataset.showName);
      const given = asked.filter((el) => el.type !== "radio" && el.type !== "checkbox" || el.checked)
        .map((el) => el.type === "checkbox" && el.value === "on" ? "ja" : el.value);
      const shown = part.dataset.showValues.split("|").some((value) => given.includes(value));
      part.hidden = !shown;
      for (const el of part.querySelectorAll("input, textarea, select")) el.disabled = !shown;
    }
  };
  const start = (root) => {
    for (const form of root.querySelectorAll("form")) follow(form);
    const summary = root.querySelector(".error-summary");
    if (summary) summary.focus();
    for (const part of root.querySelectorAll("[data-needs-script]")) part.hidden = false;
  };
  document.addEventListener("change", (event) => {
    if (event.target.form) follow(event.target.form);
  });
  document.addEventListener("click", (event) => {
    const way = event.target.closest("[data-leave]");
    if (way) {
      event.preventDefault();
      window.location.replace(way.href);
    }
    if (event.target.closest("[data-print]")) window.print();
  });
  // htmx keeps the address of the page in the browser, and ours names a case.
  for (const moment of ["DOMContentLoaded", "htmx:afterSettle"]) {
    document.addEventListener(moment, () => sessionStorage.removeItem("htmx-current-path-for-history"));
  }
  document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentElement || document));
  document.addEventListener("DOMContentLoaded", () => start(document));
})();

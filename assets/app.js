// Only makes quicker what works without: fields that follow an answer, a quick way out, the device's own voice,
// a table that keeps itself up to date, notes and parts of a referral that save themselves, staying logged in, keys.
(() => {
  "use strict";
  const on = (name, act) => document.addEventListener(name, act);
  const around = (event, selector) => event.target.closest ? event.target.closest(selector) : null;

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
  on("change", (event) => {
    if (event.target.form) follow(event.target.form);
  });
  on("click", (event) => {
    const way = around(event, "[data-leave]");
    if (way) {
      event.preventDefault();
      window.location.replace(way.href);
    }
    if (around(event, "[data-print]")) window.print();
  });
  on("DOMContentLoaded", () => start(document));
  on("htmx:load", (event) => start(event.detail.elt));

  // htmx keeps the address of the page in the browser, and ours names a case.
  for (const moment of ["DOMContentLoaded", "htmx:afterSettle", "htmx:pushedIntoHistory"]) {
    on(moment, () => sessionStorage.removeItem("htmx-current-path-for-history"));
  }

  // A whole page (a refusal, the log-in) never lands inside a part of a page.
  on("htmx:beforeSwap", ({ detail }) => {
    if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
    detail.shouldSwap = false;
    detail.isError = true;
  });

  // A link that could not fetch its part is followed as a link.
  for (const moment of ["htmx:responseError", "htmx:sendError"]) {
    on(moment, (event) => {
      const link = around(event, "a[hx-get]");
      if (link) window.location.assign(link.href);
    });
  }

  // The table asks for news while somebody looks; it says so when it can't, and stops when it may not.
  const table = () => {
    on("htmx:beforeRequest", (event) => {
      const live = around(event, "[data-live]");
      if (live && (document.hidden || live.dataset.stopped)) event.preventDefault();
    });
    on("htmx:afterRequest", (event) => {
      const live = around(event, "[data-live]");
      if (!live) return;
      live.querySelector("[data-live-lost]").hidden = event.detail.successful;
      if ([403, 404].includes(event.detail.xhr.status)) live.dataset.stopped = "ja";
    });
  };

  // After logging in again elsewhere the page holds an old token: the page as it is now has the new one, and it is used
  // only while the same person is signed in.
  const renew = async () => {
    const answer = await fetch(window.location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const who = (page) => page.querySelector(".who")?.textContent;
    const token = fresh.querySelector("input[name='_csrf']");
    if (!token || !who(fresh) || who(fresh) !== who(document)) return;
    for (const field of document.querySelectorAll("input[name='_csrf']")) field.value = token.value;
  };

  // Each block of the minutes saves itself; what is not saved yet says so and is sent again.
  const notes = () => {
    const sent = new WeakMap();
    const unsaved = () => [...document.querySelectorAll("[data-unsaved] textarea")];
    const save = () => unsaved().forEach((text) => window.htmx.trigger(text, "bewaar"));
    const choose = (block, chosen) => {
      block.querySelector("[name^='versie-']").value = chosen.dataset.choose;
      chosen.closest(".block__met").remove();
      save();
    };
    on("input", (event) => {
      const block = around(event, "[data-block]");
      if (block) block.dataset.unsaved = "ja";
    });
    on("htmx:beforeRequest", (event) => {
      const block = around(event, "[data-block]");
      if (!block) return;
      // Two texts stand here: nothing goes out by itself until somebody chose.
      if (event.target.matches("textarea") && block.querySelector("[data-choose]")) event.preventDefault();
      else sent.set(block, block.querySelector("textarea").value);
    });
    on("htmx:afterRequest", (event) => {
      const block = around(event, "[data-block]");
      if (!block) return;
      const met = event.detail.xhr.status === 422;
      block.querySelector("[data-lost]").hidden = event.detail.successful || met;
      if (event.detail.successful && !met && sent.get(block) === block.querySelector("textarea").value) {
        delete block.dataset.unsaved;
      }
    });
    on("click", async (event) => {
      const chosen = around(event, "[data-choose]");
      if (chosen) choose(chosen.closest("[data-block]"), chosen);
      if (!around(event, "[data-retry]")) return;
      await renew();
      save();
    });
    on("submit", (event) => {
      if (!around(event, "[data-autosave]") || !window.htmx) return;
      event.preventDefault();
      save();
    });
    window.addEventListener("online", save);
    window.addEventListener("beforeunload", (event) => {
      if (unsaved().length) event.preventDefault();
    });
    return { save };
  };

  // A part of a referral saves itself; who leaves with unsaved words is asked.
  const drafts = () => {
    const sent = new WeakMap();
    on("input", (event) => {
      const form = around(event, "[data-draft]");
      if (form) form.dataset.draft = Number(form.dataset.draft) + 1;
    });
    on("htmx:beforeRequest", (event) => {
      const form = event.target;
      if (!form.matches("[data-draft]")) return;
      // Something else was saved meanwhile: nothing goes out by itself until she saw both.
      if (form.querySelector("[data-met]")) event.preventDefault();
      else sent.set(form, form.dataset.draft);
    });
    on("htmx:afterRequest", (event) => {
      const form = event.target;
      if (!form.matches("[data-draft]")) return;
      form.querySelector("[data-lost]").hidden = event.detail.successful;
      const kept = event.detail.successful && !form.querySelector("[data-met]");
      if (kept && sent.get(form) === form.dataset.draft) form.dataset.draft = "";
    });
    on("submit", (event) => {
      const form = around(event, "[data-draft]");
      if (!form) return;
      form.dataset.draft = "";
      if (!form.matches(".htmx-request")) return;
      // Her own words are on their way: what she sends now stands on those, and not on what was there before.
      event.preventDefault();
      form.addEventListener("htmx:afterRequest", () => form.requestSubmit(event.submitter), { once: true });
    });
    // A page that the browser kept is older than what it saved last.
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && document.querySelector("[data-draft]")) window.location.reload();
    });
    window.addEventListener("beforeunload", (event) => {
      if (document.querySelector("[data-draft]:not([data-draft=''])")) event.preventDefault();
    });
  };

  // Who chose to stay logged in goes on where she was.
  const stay = () => {
    let before = null;
    on("focusin", (event) => {
      if (!around(event, "#sessie")) before = event.target;
    });
    on("htmx:afterSwap", (event) => {
      if (event.detail.requestConfig.elt.matches("[data-stay]") && before) before.focus({ preventScroll: true });
    });
  };

  // Keys: Alt with a digit goes to a place, Ctrl+S saves, Ctrl+Enter goes to the next topic; off in one click.
  const keys = ({ save }) => {
    const place = (digit) => document.querySelector(`[data-key="${digit}"]`);
    const go = (el) => el.matches("a") ? el.click() : el.focus();
    const meant = (event) => {
      const plain = !event.shiftKey && !event.metaKey;
      const digit = plain && event.altKey && !event.ctrlKey && /^Digit(\d)$/.exec(event.code);
      if (digit && place(digit[1])) return () => go(place(digit[1]));
      if (!plain || !event.ctrlKey || event.altKey || !document.querySelector("[data-autosave]")) return null;
      if (event.key === "s") return save;
      const next = event.key === "Enter" && place(Number(event.target.dataset.key || 0) + 1);
      return next ? () => go(next) : null;
    };
    on("keydown", (event) => {
      const box = document.querySelector("[data-keys]");
      const act = box && box.checked && meant(event);
      if (!act) return;
      event.preventDefault();
      act();
    });
    on("change", (event) => {
      if (!event.target.matches("[data-keys]")) return;
      const age = event.target.checked ? 0 : 31536000;
      document.cookie = `toetsen=uit; path=/; max-age=${age}; samesite=strict`;
    });
  };

  table();
  drafts();
  stay();
  keys(notes());
})();

// Countersign's pages work without this file. It adds: copying, downloading and printing codes, a clock while one has to
// wait, times of the reader's own clock, and forms that send themselves once the last digit is typed.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  root.classList.add("js");

  // What only works with a script is hidden in the page; show it.
  for (const element of all("[data-js]")) element.hidden = false;

  const announce = (text) => {
    const region = document.getElementById("live");
    if (!region) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 60);
  };

  // The text of an element: a line for each [data-line] in it, else its characters without spaces.
  const textOf = (element) => {
    const lines = all("[data-line]", element).map((line) => line.textContent.trim());
    return lines.length > 0 ? lines.join("\n") : element.textContent.replace(/\s+/g, "");
  };

  const flash = (button, text) => {
    const label = button.querySelector("[data-label]") || button;
    if (!button.dataset.before) button.dataset.before = label.textContent;
    label.textContent = text;
    button.classList.add("is-done");
    clearTimeout(Number(button.dataset.timer));
    button.dataset.timer = String(setTimeout(() => {
      label.textContent = button.dataset.before;
      button.classList.remove("is-done");
    }, 2500));
  };

  // Without the clipboard interface (plain HTTP on a local network) the text is selected and copied the old way.
  const copyBySelection = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    let copied = false;
    try { copied = document.execCommand("copy"); } catch { copied = false; }
    area.remove();
    return copied;
  };

  // data-copy="#id": copies the text of that element. data-done is what the button says then.
  for (const button of all("[data-copy]")) {
    button.addEventListener("click", async () => {
      const source = document.querySelector(button.dataset.copy);
      if (!source) return;
      const text = textOf(source);
      let copied = false;
      try {
        await navigator.clipboard.writeText(text);
        copied = true;
      } catch {
        copied = copyBySelection(text);
        button.focus();
      }
      if (copied) {
        flash(button, button.dataset.done);
        announce(button.dataset.done);
      } else {
        window.getSelection().selectAllChildren(source);
      }
    });
  }

  // data-download="#id": saves the text of that element as the file data-filename, under the line data-heading.
  for (const button of all("[data-download]")) {
    button.addEventListener("click", () => {
      const source = document.querySelector(button.dataset.download);
      if (!source) return;
      const heading = button.dataset.heading ? button.dataset.heading + "\n\n" : "";
      const url = URL.createObjectURL(new Blob([heading + textOf(source) + "\n"], { type: "text/plain" }));
      const link = document.createElement("a");
      link.href = url;
      link.download = button.dataset.filename || "recovery-codes.txt";
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
      flash(button, button.dataset.done);
      announce(button.dataset.done);
    });
  }

  for (const button of all("[data-print]")) button.addEventListener("click", () => window.print());

  // data-countdown="45": a clock of seconds. While it runs, what has data-waits cannot be pressed.
  for (const clock of all("[data-countdown]")) {
    const end = Date.now() + Number(clock.dataset.countdown) * 1000;
    const waiting = all("[data-waits]");
    const show = () => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      const hours = Math.floor(left / 3600);
      const minutes = Math.floor((left % 3600) / 60);
      const two = (number) => String(number).padStart(2, "0");
      clock.textContent = (hours > 0 ? hours + ":" + two(minutes) : String(minutes)) + ":" + two(left % 60);
      if (left > 0) return;
      clearInterval(timer);
      for (const element of waiting) element.disabled = false;
      const box = clock.closest("[data-wait-box]");
      if (box) box.classList.add("is-over");
      announce(clock.dataset.done);
    };
    const timer = setInterval(show, 500);
    for (const element of waiting) element.disabled = true;
    show();
  }

  // data-autosubmit="6": sends the form once that many digits are in the field, of whatever script and however they are
  // spaced: what the server takes for a separator (crates/core/src/characters.rs) is one here.
  const separators = /[\s\p{Cf}\p{Pd}\u2043\u2212.,_\u00b7\u2022\u2024\u3001\u3002\uff0c\uff0e\uff3f\uff61\u066b\u066c'"`\u00ab\u00bb\u2018-\u201f\u2039\u203a]/gu;
  for (const field of all("[data-autosubmit]")) {
    const wanted = Number(field.dataset.autosubmit);
    let sent = "";
    field.addEventListener("input", () => {
      const digits = field.value.replace(separators, "");
      if (!/^\p{Nd}+$/u.test(digits) || Array.from(digits).length !== wanted || digits === sent) return;
      const button = field.form && field.form.querySelector("[type=submit]:not([data-other])");
      if (!button || button.disabled) return;
      sent = digits;
      field.form.requestSubmit(button);
    });
  }

  // data-confirm-check="id": that button can be pressed once the box is ticked.
  for (const box of all("[data-confirm-check]")) {
    const button = document.getElementById(box.dataset.confirmCheck);
    if (!button) continue;
    const follow = () => { button.disabled = !box.checked; };
    box.addEventListener("change", follow);
    window.addEventListener("pageshow", follow);
    follow();
  }

  // A second press right after the first sends nothing. Later it does: whoever pressed Stop, or waits in vain, may try again,
  // and the server carries an act out once however often it comes.
  const DOUBLE_PRESS_MS = 700;
  const LOOKS_SENT_MS = 8000;
  for (const form of all("form[method=post]")) {
    let sentAt = -Infinity;
    form.addEventListener("submit", (event) => {
      const now = performance.now();
      if (now - sentAt < DOUBLE_PRESS_MS) { event.preventDefault(); return; }
      sentAt = now;
      form.classList.add("is-sending");
      setTimeout(() => form.classList.remove("is-sending"), LOOKS_SENT_MS);
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) form.classList.remove("is-sending");
    });
  }

  // Times by the reader's own clock; what the server said, with the zone, stays as a title.
  const clock = new Intl.DateTimeFormat(root.lang, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
  const ago = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto" });
  const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
  for (const time of all("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const seconds = (at.getTime() - Date.now()) / 1000;
    const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) || UNITS[2];
    time.title = ago.format(Math.round(seconds / length), unit) + " · " + time.textContent.trim();
    time.textContent = clock.format(at);
  }

  // A file that is too large is said to be so before it is sent.
  for (const field of all("input[type=file][data-most]")) {
    field.addEventListener("change", () => {
      const large = Array.from(field.files).some((file) => file.size > Number(field.dataset.most));
      field.setCustomValidity(large ? field.dataset.tooLarge : "");
      field.reportValidity();
    });
  }

  // What was typed as a password can be looked at.
  for (const field of all("input[type=password]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "peek";
    const show = (visible) => {
      field.type = visible ? "text" : "password";
      button.textContent = visible ? root.dataset.hide : root.dataset.show;
      button.setAttribute("aria-pressed", String(visible));
    };
    button.addEventListener("click", () => { show(field.type === "password"); field.focus(); });
    field.form.addEventListener("submit", () => show(false));
    const frame = document.createElement("span");
    frame.className = "peekable";
    field.replaceWith(frame);
    frame.append(field, button);
    show(false);
    if (field.autofocus) field.focus();
  }

  // Nobody can scan the screen that they hold: on a phone the key for typing is open.
  if (window.matchMedia("(pointer: coarse)").matches) {
    for (const details of all("details[data-by-hand]")) details.open = true;
  }

  // After a refusal, begin where the fault is.
  const summary = document.querySelector("[data-error-summary]");
  if (summary && !document.querySelector("[autofocus]")) summary.focus();

  // A link of the error summary leads to the field itself.
  for (const link of all("[data-error-summary] a[href^='#']")) {
    link.addEventListener("click", (event) => {
      const field = document.getElementById(link.getAttribute("href").slice(1));
      if (!field) return;
      event.preventDefault();
      const closed = field.closest("details:not([open])");
      if (closed) closed.open = true;
      field.focus();
      field.scrollIntoView({ block: "center" });
    });
  }
})();

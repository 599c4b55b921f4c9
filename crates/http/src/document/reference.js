// What the page is made of has links within buttons, and a list of one server without a name: neither can be told apart or
// reached by everyone. An operation is opened by its button, which names it in the address as well.
new MutationObserver(() => {
  for (const link of document.querySelectorAll("button a[href]")) link.removeAttribute("href");
  document.querySelector("#servers:not([aria-label])")?.setAttribute("aria-label", "Server");
}).observe(document.getElementById("ui"), { childList: true, subtree: true });

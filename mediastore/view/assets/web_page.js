// A logged page in a frame without our origin. It is handed over as text, so that it has no address of its own, and it
// inherits this app's content security policy, which lets nothing be asked of another host.

const PAGE_BYTES_MAX = 16 * 2 ** 20;

class WebPage {
  constructor(host) {
    this.body = element("div", { class: "web-page" });
    host.append(this.body);
  }

  update(data) {
    if (this.url === data.url) return;
    this.url = data.url;
    this.bytes = data.bytes;
    this.offer();
  }

  offer() {
    const said = "A page that this run logged. Its scripts run in a frame that cannot read this app. They may still tell its author that it was opened.";
    this.body.replaceChildren(
      element("p", { text: said }),
      element("button", { type: "button", class: "primary", text: "Show the page", onclick: () => this.open() }),
    );
  }

  async open() {
    const url = this.url;
    if (this.bytes > PAGE_BYTES_MAX) return this.say("The page is larger than 16 MB; download it to look at it.");
    const answer = await fetch(url).catch(() => null);
    if (!answer || !answer.ok) return this.say("The page's file could not be read.");
    const text = await answer.text();
    if (url !== this.url) return;
    const frame = element("iframe", { sandbox: "allow-scripts", referrerpolicy: "no-referrer", title: "The logged page", credentialless: true });
    frame.srcdoc = text;
    this.body.replaceChildren(frame);
  }

  say(text) {
    this.body.replaceChildren(element("p", { text }));
  }

  destroy() {
    this.body.remove();
  }
}

export default mounted((host) => new WebPage(host));

// Which channel of a sound is heard: all as they are, or one by itself on both sides.

let mixer = null;

class Channels {
  constructor(media, count) {
    this.media = media;
    this.count = count;
    this.node = count < 2 ? null : element("select", { "aria-label": "channel", title: "Which channel is heard", onchange: (event) => this.hear(event.target.value) },
      element("option", { value: "", text: "all channels" }), ...channelNames(count).map((name, place) => element("option", { value: place, text: name })));
  }

  hear(place) {
    mixer ??= new AudioContext();
    mixer.resume();
    this.source ??= mixer.createMediaElementSource(this.media);
    this.source.disconnect();
    if (place === "") return this.source.connect(mixer.destination);
    const [splitter, alone] = [mixer.createChannelSplitter(this.count), new GainNode(mixer, { channelCount: 1, channelCountMode: "explicit" })];
    this.source.connect(splitter);
    splitter.connect(alone, Number(place));
    return alone.connect(mixer.destination);
  }

  destroy() {
    this.source?.disconnect();
  }
}

// A sound when somebody who does not look is wanted: ready, a result, something to stop for.

let context = null;
let wanted = localStorage.getItem("landing-lab-sound") === "on";

export function soundIsOn() {
  return wanted;
}

export function switchSound() {
  wanted = !wanted;
  localStorage.setItem("landing-lab-sound", wanted ? "on" : "off");
  if (wanted) ring("armed");
}

const TONES = { armed: [[880, 0.12]], result: [[660, 0.12], [990, 0.18]], stop: [[330, 0.25], [330, 0.25], [330, 0.25]] };

export function ring(what) {
  if (!wanted || !TONES[what]) return;
  try {
    context ??= new AudioContext();
  } catch {
    return; // a computer without sound
  }
  context.resume?.();
  let at = context.currentTime + 0.02;
  for (const [hertz, seconds] of TONES[what]) {
    const tone = context.createOscillator(), loud = context.createGain();
    tone.frequency.value = hertz;
    loud.gain.setValueAtTime(0.25, at);
    loud.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    tone.connect(loud).connect(context.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.06;
  }
}

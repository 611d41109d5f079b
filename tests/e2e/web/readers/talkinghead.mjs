// Lets an avatar speak with TalkingHead: window.show(url), then window.speak().
import { TalkingHead } from '@met4citizen/talkinghead';

const VISEME_MS = 400;
const VISEMES = ['kk', 'E', 'nn', 'O', 'PP', 'aa', 'SS', 'U', 'FF', 'I'];

const head = new TalkingHead(document.getElementById('stage'), {
  ttsEndpoint: 'none', // must be given, and is never called: speech comes with its own sound
  lipsyncModules: [],
  cameraView: 'head',
  cameraDistance: 0.35,
  cameraY: -0.08,
  lightAmbientIntensity: 1.1,
  lightDirectIntensity: 7,
});

window.show = async (url) => {
  await head.showAvatar({ url, body: 'F', avatarMood: 'neutral' });
  return head.morphs.map((mesh) => mesh.name);
};

/** Influence of every viseme on the mesh of the face, as it is drawn now. */
window.mouth = () => {
  const face = head.morphs.find((mesh) => mesh.name === 'body');
  const visemes = Object.entries(face.morphTargetDictionary).filter(([name]) => name.startsWith('viseme_'));
  return Object.fromEntries(visemes.map(([name, index]) => [name, face.morphTargetInfluences[index]]));
};

/** Speaks all the visemes over a hum; gives the mouth of every frame that was drawn meanwhile. */
window.speak = async () => {
  const rate = head.audioCtx.sampleRate;
  const sound = head.audioCtx.createBuffer(1, (rate * VISEMES.length * VISEME_MS) / 1000, rate);
  const samples = sound.getChannelData(0);
  for (let at = 0; at < samples.length; at++) samples[at] = 0.1 * Math.sin((2 * Math.PI * 140 * at) / rate);
  const vtimes = VISEMES.map((_, index) => VISEME_MS * index);
  const vdurations = VISEMES.map(() => VISEME_MS);
  const frames = [];
  // Words are the subtitles; without any, TalkingHead takes no visemes.
  head.speakAudio({ audio: sound, words: ['hum'], wtimes: [0], wdurations: [VISEME_MS], visemes: VISEMES, vtimes, vdurations });
  do {
    await new Promise(requestAnimationFrame);
    frames.push(mouth());
  } while (head.isSpeaking);
  return frames;
};
window.ready = true;

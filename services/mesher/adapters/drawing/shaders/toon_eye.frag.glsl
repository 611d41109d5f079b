// A drawn eye: a clear ring, a dark top, a bright bottom, and lights that are always there.
#include "tones.glsl"
uniform sampler2D picture;
uniform float reach;
const float IRIS = 0.44;

vec3 vivid_of(vec3 c) {
  return max(mix(vec3(dot(c, vec3(0.2126, 0.7152, 0.0722))), c, 1.5), 0.0);
}

void main() {
  vec3 gaze = normalize(run.xyz);
  vec2 disc = (place - 0.5) * 2.0 * reach * vec2(1.0, -1.0);
  float size = mix(1.16, 1.34, anime) * IRIS;
  float radius = length(disc);
  float iris = step(0.0, dot(facing, gaze)) * (1.0 - edge(radius, size));
  float pupil = 1.0 - edge(length(disc * vec2(1.0, mix(1.0, 0.86, anime))), mix(0.46, 0.42, anime) * size);
  vec3 own = vivid_of(color * decoded(texture(picture, vec2(0.5, 0.5 + 0.30 / (2.0 * reach)), 0.0).rgb));
  own = max(own, 0.03) * 1.25;
  float high = disc.y / size;
  vec3 drawn = own * mix(2.1, 0.50, smoothstep(-0.7, 0.75, high));
  drawn = mix(drawn, own * 0.14, edge(radius, 0.86 * size));
  drawn = mix(drawn, own * 0.08, pupil);
  // White, under the shade of the upper lid.
  float lid = edge(disc.y, mix(0.36, 0.26, anime));
  vec3 white = vec3(0.93, 0.93, 0.95) * mix(vec3(1.0), vec3(0.70, 0.69, 0.78), lid);
  drawn = mix(white, drawn * mix(1.0, 0.7, lid), iris);
  vec2 big = disc - size * vec2(-0.34, 0.26), small = disc - size * vec2(0.36, -0.40);
  drawn = mix(drawn, vec3(1.0), 1.0 - edge(length(big * vec2(1.0, 0.85)), mix(0.24, 0.28, anime) * size));
  drawn = mix(drawn, vec3(1.0), (1.0 - edge(length(small), 0.14 * size)) * anime);
  painted = finished(drawn);
}

// A drawn eye: a clear ring, a dark top, a bright bottom, and two lights that are always there.
#include "tones.glsl"
uniform sampler2D picture;
uniform float reach;
const float IRIS = 0.44;

void main() {
  vec3 v = normalize(eye - at);
  vec3 gaze = normalize(run.xyz);
  vec2 disc = (place - 0.5) * 2.0 * reach * vec2(1.0, -1.0);
  float size = mix(1.06, 1.24, anime) * IRIS;
  float radius = length(disc);
  float iris = step(0.0, dot(facing, gaze)) * (1.0 - edge(radius, size));
  float pupil = 1.0 - edge(length(disc * vec2(1.0, mix(1.0, 0.86, anime))), mix(0.42, 0.40, anime) * size);
  vec3 own = vivid_of(vivid_of(color * decoded(texture(picture, vec2(0.5, 0.5 + 0.30 / (2.0 * reach)), 0.0).rgb)));
  float high = disc.y / size;
  vec3 drawn = own * mix(1.0, mix(2.1, 0.45, smoothstep(-0.7, 0.75, high)), 0.9);
  drawn = mix(drawn, own * 0.16, edge(radius, 0.86 * size));
  drawn = mix(drawn, own * 0.10, pupil);
  // White, under the shade of the upper lid.
  vec3 white = vec3(0.92, 0.92, 0.94) * mix(1.0, 0.66, edge(disc.y, 0.20));
  drawn = mix(white, drawn * mix(1.0, 0.7, edge(disc.y, 0.24)), iris);
  vec2 big = disc - size * vec2(-0.34, 0.26), small = disc - size * vec2(0.36, -0.40);
  drawn = mix(drawn, vec3(1.0), 1.0 - edge(length(big * vec2(1.0, 0.85)), mix(0.20, 0.26, anime) * size));
  drawn = mix(drawn, vec3(1.0), (1.0 - edge(length(small), 0.13 * size)) * anime);
  painted = vec4(encoded(min(drawn, 1.0)), 1.0);
}

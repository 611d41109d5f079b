// Hair in tufts of flat tones, with a band of light around the crown.
#include "tones.glsl"
uniform sampler2D strand_map;

void main() {
  vec3 v = normalize(eye - at);
  vec3 n = normalize(facing);
  float inside = step(dot(n, v), 0.0);
  if (inside > 0.5) n = -n;
  float turn = atan(around.y, around.x) / 6.2831853;
  vec4 tuft = texture(strand_map, vec2(turn * 1.0 + 0.02 * sin(run.w * 4.0), run.w * 0.25), 1.0);
  // Ends are cut in points.
  if (run.w > 0.995 - 0.055 * tuft.a) discard;
  vec3 albedo = vivid_of(color) * 1.05;
  vec3 bent = normalize(n + 0.45 * (tuft.g - 0.5) * cross(n, normalize(run.xyz)));
  float light = toned(bent) * (1.0 - inside);
  vec3 drawn = tone(albedo, light);
  // The band lies where a ball of that hair would mirror the lamp, and its edges follow the tufts.
  float height = dot(normalize(vec3(n.x, n.y * 0.9, n.z)), normalize(vec3(0.0, mix(0.52, 1.15, anime), 0.0) + 0.85 * normalize(vec3(v.x, 0.0, v.z))));
  float ragged = height + 0.10 * (tuft.r - 0.5) + 0.03 * (tuft.b - 0.5);
  float ring = edge(ragged, mix(0.962, 0.935, anime)) * (1.0 - inside) * step(run.w, 0.75);
  vec3 shine = mix(albedo * 1.5 + 0.05, albedo * 0.6 + vec3(0.42, 0.40, 0.44), anime);
  drawn = mix(drawn, shine, ring * mix(0.6, 0.85, anime) * step(0.3, light));
  painted = vec4(encoded(min(drawn, 1.0)), 1.0);
}

// The outside of hair: two bands of light along its strands.
#include "hair.glsl"
uniform float layer;   // 0 the base, to 1 the outermost stray strands

float band(vec3 t, vec3 h, float width) {
  float th = dot(t, h);
  float s = max(1.0 - th * th, 0.0);
  return smoothstep(-1.0, 0.0, th) * pow(s, 0.5 * width);
}

void main() {
  vec3 v = normalize(eye - at);
  vec3 n = normalize(facing);
  if (dot(n, v) < 0.0) n = -n;
  // Stray strands are told from the hair by its outline alone.
  if (layer > 0.0 && dot(n, v) > 0.4) discard;
  vec3 t = normalize(run.xyz);
  // And there by those that run along it.
  if (layer > 0.0 && abs(dot(t, v)) > 0.5) discard;
  t = normalize(t - 0.3 * dot(t, n) * n);
  float turn = turned_by();
  // Fine strands over tufts.
  vec4 fine = fine_at(turn);
  vec4 tuft = texture(strand_map, vec2(turn * 2.0 + 0.01 * sin(run.w * 5.0), run.w * 0.6 + 0.37));
  float cover = covered(turn);
  cover *= layer == 0.0 ? 1.0 : smoothstep(0.35 + 0.45 * layer, 0.75 + 0.25 * layer, fine.b);
  int samples = samples_of(cover);
  if (samples == 0) discard;
  gl_SampleMask[0] = (1 << samples) - 1;
  float strand = mix(fine.r, tuft.r, 0.35);

  vec3 albedo = color * tint.rgb * mix(0.55, 1.35, strand) * mix(0.75, 1.1, tuft.g);
  float open = open_to.w * mix(0.7, 1.0, strand);
  float shade = roughly_lit();
  float nl = dot(n, lamp);
  float direct = clamp((nl + 0.35) / 1.35, 0.0, 1.0) * shade;
  float across = sqrt(max(1.0 - pow(dot(t, lamp), 2.0), 0.0));
  vec3 light = albedo * (direct * mix(1.0, across, 0.5) * lamp_light + irradiance(normalize(mix(n, open_to.xyz, 0.4))) * bounced(open, albedo));

  // The first band is the light's own colour, the second, farther to the root, the hair's.
  float jitter = (fine.g - 0.5) * 0.28 + (tuft.b - 0.5) * 0.12;
  vec3 h = normalize(lamp + v);
  vec3 upper = normalize(t + (0.10 + jitter) * n), lower = normalize(t + (-0.14 + jitter) * n);
  vec3 glow = band(upper, h, 110.0) * (0.03 + 0.22 * sqrt(color)) + band(lower, h, 30.0) * 0.6 * sqrt(color) * (0.12 + color);
  light += glow * lamp_light * shade * clamp(nl + 0.4, 0.0, 1.0) * mix(0.4, 1.2, strand);
  // The same from the soft lights: overhead, and the two behind.
  vec3 mane = (0.02 + 0.20 * sqrt(color) * (0.15 + color)) * (open * mix(0.5, 1.2, strand));
  for (int each = 2; each < 5; each++) {
    vec3 half_way = normalize(lobes[each].xyz + v);
    float from = clamp(dot(n, lobes[each].xyz) + 0.35, 0.0, 1.0) / (1.0 + lobes[each].w * 0.2);
    float th = dot(lower, half_way), s = max(1.0 - th * th, 0.0);
    light += lobe_light[each] * (from * smoothstep(-1.0, 0.0, th) * s * s * s) * mane;
  }
  painted = vec4(encoded(developed(light)), 1.0);
}

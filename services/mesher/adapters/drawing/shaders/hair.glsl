// Hair: strands of different shades that thin out where it begins and ends, and on its outside two bands of light along them.
#include "light.glsl"
in float density;   // 1, and towards 0 where hair begins or ends
uniform vec3 color;
uniform sampler2D strand_map;
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
  float turn = atan(around.y, around.x) / 6.2831853;
  // Fine strands over tufts, both wavering a little on their way.
  vec4 fine = texture(strand_map, vec2(turn * 9.0 + 0.02 * sin(run.w * 9.0 + turn * 40.0), run.w * 1.3));
  vec4 tuft = texture(strand_map, vec2(turn * 2.0 + 0.01 * sin(run.w * 5.0), run.w * 0.6 + 0.37));
  // Where hair is thin its weaker strands are not there.
  float weak = 0.24 + 0.52 * clamp(1.7 * texture(strand_map, vec2(turn * 9.0, run.w * 6.0), -1.5).b - 0.35, 0.0, 1.0);
  float cover = smoothstep(weak - 0.24, weak + 0.24, density);
  cover *= layer == 0.0 ? 1.0 : smoothstep(0.35 + 0.45 * layer, 0.75 + 0.25 * layer, fine.b);
  // Thin hair covers some of a pixel's four samples.
  float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
  int samples = int(cover * 4.0 + noise);
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

#ifdef SHINES
  // The first band is the light's own colour, the second, farther to the root, the hair's.
  float jitter = (fine.g - 0.5) * 0.28 + (tuft.b - 0.5) * 0.12;
  vec3 h = normalize(lamp + v);
  vec3 upper = normalize(t + (0.10 + jitter) * n), lower = normalize(t + (-0.14 + jitter) * n);
  vec3 glow = band(upper, h, 110.0) * (0.03 + 0.22 * sqrt(color)) + band(lower, h, 30.0) * 0.6 * sqrt(color) * (0.12 + color);
  light += glow * lamp_light * shade * clamp(nl + 0.4, 0.0, 1.0) * mix(0.4, 1.2, strand);
  // The same from the soft lights: overhead, and the two behind.
  vec3 mane = 0.02 + 0.20 * sqrt(color) * (0.15 + color);
  for (int each = 2; each < 5; each++) {
    vec3 half_way = normalize(lobes[each].xyz + v);
    float from = clamp(dot(n, lobes[each].xyz) + 0.35, 0.0, 1.0) / (1.0 + lobes[each].w * 0.2);
    light += lobe_light[each] * (from * open * band(lower, half_way, 12.0) * mix(0.5, 1.2, strand)) * mane;
  }
#endif
  painted = vec4(encoded(developed(light)), 1.0);
}

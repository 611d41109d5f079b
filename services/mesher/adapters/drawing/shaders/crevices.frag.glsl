// Openness of small hollows, from the source around a pixel: folds, eyelids, nostrils, fingers.
uniform sampler2D source;
uniform mat4 to_camera;      // clip to camera
uniform float pixels_a_metre; // at one metre
uniform float radius;        // metres
in vec2 place;
out vec2 result;
const int RAYS = 6;
const int STEPS = 3;

vec3 behind(vec2 where) {
  vec4 p = to_camera * vec4(vec3(where, texture(source, where).r) * 2.0 - 1.0, 1.0);
  return p.xyz / p.w;
}

void main() {
  float raw = texture(source, place).r;
  if (raw >= 1.0) { result = vec2(1.0, 1e4); return; }
  vec3 p = behind(place);
  vec2 texel = 1.0 / vec2(textureSize(source, 0));
  vec3 dx1 = behind(place + vec2(texel.x, 0.0)) - p, dx2 = p - behind(place - vec2(texel.x, 0.0));
  vec3 dy1 = behind(place + vec2(0.0, texel.y)) - p, dy2 = p - behind(place - vec2(0.0, texel.y));
  vec3 dx = abs(dx1.z) < abs(dx2.z) ? dx1 : dx2, dy = abs(dy1.z) < abs(dy2.z) ? dy1 : dy2;
  vec3 n = normalize(cross(dx, dy));
  float reach = max(radius * pixels_a_metre / -p.z, 2.0);
  // Sixteen turns, four by four: as many as are averaged afterwards, so that no pattern is left of them.
  ivec2 cell = ivec2(gl_FragCoord.xy) & 3;
  float turn = 6.2831853 / float(16 * RAYS) * float(cell.x * 4 + cell.y);
  float closed = 0.0;
  for (int ray = 0; ray < RAYS; ray++) {
    float angle = 6.2831853 * float(ray) / float(RAYS) + turn;
    vec2 way = vec2(cos(angle), sin(angle)) * texel * reach;
    float highest = 0.0;
    for (int each = 1; each <= STEPS; each++) {
      vec3 d = behind(place + way * (float(each) / float(STEPS))) - p;
      float far = length(d);
      float rise = dot(d, n) / max(far, 1e-4) - 0.12;
      highest = max(highest, rise * clamp(1.6 - far / radius, 0.0, 1.0));
    }
    closed += highest;
  }
  result = vec2(clamp(1.0 - 1.1 * closed / float(RAYS), 0.0, 1.0), length(p));
}

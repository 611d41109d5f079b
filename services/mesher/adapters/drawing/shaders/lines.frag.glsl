// Ink on what a drawing has inside its outline: where something is behind, and where two surfaces meet in a valley.
uniform sampler2D source;   // across, up, distance, owner
uniform float radius;       // pixels: half of a line's width
uniform float pixel;        // metres at one metre
uniform float creases;      // how soon a bend is a line
in vec2 place;
out float result;
const vec2 RING[4] = vec2[4](vec2(1.0, 0.0), vec2(0.7071, 0.7071), vec2(0.0, 1.0), vec2(-0.7071, 0.7071));

void main() {
  vec2 texel = 1.0 / vec2(textureSize(source, 0));
  vec4 here = texture(source, place);
  float metres = 2.0 * radius * pixel * here.z;
  float facing = sqrt(max(1.0 - dot(here.xy, here.xy), 0.0));
  // Over a longer way every surface bends, and where it is seen from the side.
  float sharp = smoothstep(0.2, 0.5, facing) * smoothstep(0.006, 0.003, metres);
  // Between lips there is always a line.
  float soon = mix(creases, 2.2, here.w > 0.0 ? clamp(10.0 * fract(here.w), 0.0, 1.0) : 0.0);
  float line = 0.0, others = 0.0;
  for (int each = 0; each < 4 && here.w != 0.0; each++) {
    vec2 way = RING[each] * radius * texel;
    vec4 one = texture(source, place + way), other = texture(source, place - way);
    float valley = (2.0 * here.z - one.z - other.z) / metres;
    float bend = dot(other.xy - one.xy, RING[each]) * sharp * soon;
    line += smoothstep(1.5, 3.5, valley) + smoothstep(0.48, 1.0, bend) * smoothstep(-1.0, -0.2, valley);
    others += smoothstep(0.2, 0.8, abs(one.w - here.w)) * float(one.z <= here.z + 0.002);
    others += smoothstep(0.2, 0.8, abs(other.w - here.w)) * float(other.z <= here.z + 0.002);
  }
  // Hair has valleys between all of its strands.
  line *= step(0.0, here.w);
  line = clamp(0.6 * line, 0.0, 1.0);
  line = max(line, smoothstep(0.0, 3.0, others));
  result = line;
}

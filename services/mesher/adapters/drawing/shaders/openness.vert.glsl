// How open a vertex is to the light around: from each direction a small depth map has been drawn, side by side in an atlas.
in vec3 position;
in vec3 normal;
const int DIRECTIONS = 48;   // at most
uniform int count;
uniform sampler2D atlas;
uniform mat4 views[DIRECTIONS];   // to clip space
const int TILES = 7;
uniform vec3 directions[DIRECTIONS];
uniform float away;
uniform float reach;   // of the maps' depth: what is farther in the way counts less and less
out vec4 openness;

void main() {
  vec3 from = position + away * normal;
  vec3 bent = vec3(0.0);
  float seen = 0.0, all = 0.0;
  vec2 side = vec2(textureSize(atlas, 0));
  for (int each = 0; each < count; each++) {
    float weight = max(dot(normal, directions[each]), 0.0);
    if (weight == 0.0) continue;
    vec3 clip = (views[each] * vec4(from, 1.0)).xyz;
    // Beside what the map shows there is nothing in the way.
    bool beside = any(greaterThan(abs(clip.xy), vec2(0.99)));
    vec3 place = vec3((vec2(each % TILES, each / TILES) + clip.xy * 0.5 + 0.5) / float(TILES), clip.z * 0.5 + 0.5);
    vec2 pixel = place.xy * side - 0.5, corner = floor(pixel);
    // Where the four meet: nearer to the edge of one, drivers differ in which four they are.
    vec4 gap = min(place.z, 1.0) - textureGather(atlas, (corner + 1.0) / side);
    // What is hardly in the way, and what is far, is half in the way: nothing throws a shadow of its own shape.
    vec4 closed = smoothstep(0.0, 0.25 * reach, gap) * (1.0 - smoothstep(0.4 * reach, reach, gap));
    vec2 share = pixel - corner;
    vec2 rows = mix(closed.wx, closed.zy, share.x);
    float light = beside ? 1.0 : 1.0 - mix(rows.x, rows.y, share.y);
    bent += weight * light * directions[each];
    seen += weight * light;
    all += weight;
  }
  float length_of = length(bent);
  openness = vec4(length_of > 1e-4 ? bent / length_of : normal, seen / all);
}

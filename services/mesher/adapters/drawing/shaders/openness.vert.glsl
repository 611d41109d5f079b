// How open a vertex is to the sky: from each direction a small depth map has been drawn, side by side in an atlas.
in vec3 position;
in vec3 normal;
const int DIRECTIONS = 48;
uniform sampler2DShadow atlas;
uniform mat4 to_tile[DIRECTIONS];
uniform vec3 directions[DIRECTIONS];
uniform float away;
out vec4 openness;

void main() {
  vec3 from = position + away * normal;
  vec3 bent = vec3(0.0);
  float seen = 0.0, all = 0.0;
  for (int each = 0; each < DIRECTIONS; each++) {
    float weight = max(dot(normal, directions[each]), 0.0);
    vec3 place = (to_tile[each] * vec4(from, 1.0)).xyz;
    float light = weight > 0.0 ? texture(atlas, place) : 0.0;
    bent += weight * light * directions[each];
    seen += weight * light;
    all += weight;
  }
  float length_of = length(bent);
  openness = vec4(length_of > 1e-4 ? bent / length_of : normal, seen / all);
}

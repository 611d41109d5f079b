// The sketch of all but hair.
#include "sketch.glsl"

// The sketch of hair, whose ends are cut.
#define LOCKED
#include "sketch.glsl"

#include "embedded_files.h"

#include <stddef.h>

// #embed is of C23; clang has it in every standard and says so at each use.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unfold_embedded_file presets[] = {
    {"words", (const unsigned char[]){
#embed "../../presets/words.yaml" suffix(, 0)
    }},
    {"shakespeare", (const unsigned char[]){
#embed "../../presets/shakespeare.yaml" suffix(, 0)
    }},
    {"tiny", (const unsigned char[]){
#embed "../../presets/tiny.yaml" suffix(, 0)
    }},
    {"oscillator", (const unsigned char[]){
#embed "../../presets/oscillator.yaml" suffix(, 0)
    }},
    {"flip-flop", (const unsigned char[]){
#embed "../../presets/flip-flop.yaml" suffix(, 0)
    }},
    {"sine", (const unsigned char[]){
#embed "../../presets/sine.yaml" suffix(, 0)
    }},
    {"state-tracking", (const unsigned char[]){
#embed "../../presets/state-tracking.yaml" suffix(, 0)
    }},
    {"context", (const unsigned char[]){
#embed "../../presets/context.yaml" suffix(, 0)
    }},
    {"sunspots", (const unsigned char[]){
#embed "../../presets/sunspots.yaml" suffix(, 0)
    }},
    {"adding", (const unsigned char[]){
#embed "../../presets/adding.yaml" suffix(, 0)
    }},
    {"copy", (const unsigned char[]){
#embed "../../presets/copy.yaml" suffix(, 0)
    }},
    {"brackets", (const unsigned char[]){
#embed "../../presets/brackets.yaml" suffix(, 0)
    }},
    {"anbn", (const unsigned char[]){
#embed "../../presets/anbn.yaml" suffix(, 0)
    }},
    {"two-brackets", (const unsigned char[]){
#embed "../../presets/two-brackets.yaml" suffix(, 0)
    }},
    {"parity", (const unsigned char[]){
#embed "../../presets/parity.yaml" suffix(, 0)
    }},
    {"sentiment", (const unsigned char[]){
#embed "../../presets/sentiment.yaml" suffix(, 0)
    }},
    {"speakers", (const unsigned char[]){
#embed "../../presets/speakers.yaml" suffix(, 0)
    }},
    {"spoken-digits", (const unsigned char[]){
#embed "../../presets/spoken-digits.yaml" suffix(, 0)
    }},
    {"connected-digits", (const unsigned char[]){
#embed "../../presets/connected-digits.yaml" suffix(, 0)
    }},
    {"peek", (const unsigned char[]){
#embed "../../presets/peek.yaml" suffix(, 0)
    }},
    {"reverse", (const unsigned char[]){
#embed "../../presets/reverse.yaml" suffix(, 0)
    }},
    {"pronounce", (const unsigned char[]){
#embed "../../presets/pronounce.yaml" suffix(, 0)
    }},
    {"translate", (const unsigned char[]){
#embed "../../presets/translate.yaml" suffix(, 0)
    }},
    {"fashion", (const unsigned char[]){
#embed "../../presets/fashion.yaml" suffix(, 0)
    }},
    {"caption-hangul", (const unsigned char[]){
#embed "../../presets/caption-hangul.yaml" suffix(, 0)
    }},
    {NULL, NULL},
};

static const unfold_embedded_file lessons[] = {
    {"sequences", (const unsigned char[]){
#embed "../../presets/lessons/sequences.md" suffix(, 0)
    }},
    {"padding", (const unsigned char[]){
#embed "../../presets/lessons/padding.md" suffix(, 0)
    }},
    {"systems", (const unsigned char[]){
#embed "../../presets/lessons/systems.md" suffix(, 0)
    }},
    {"driven", (const unsigned char[]){
#embed "../../presets/lessons/driven.md" suffix(, 0)
    }},
    {"orbits", (const unsigned char[]){
#embed "../../presets/lessons/orbits.md" suffix(, 0)
    }},
    {"unfolding", (const unsigned char[]){
#embed "../../presets/lessons/unfolding.md" suffix(, 0)
    }},
    {"network", (const unsigned char[]){
#embed "../../presets/lessons/network.md" suffix(, 0)
    }},
    {"sharing", (const unsigned char[]){
#embed "../../presets/lessons/sharing.md" suffix(, 0)
    }},
    {"unshared", (const unsigned char[]){
#embed "../../presets/lessons/unshared.md" suffix(, 0)
    }},
    {"universality", (const unsigned char[]){
#embed "../../presets/lessons/universality.md" suffix(, 0)
    }},
    {"machine", (const unsigned char[]){
#embed "../../presets/lessons/machine.md" suffix(, 0)
    }},
    {"switch", (const unsigned char[]){
#embed "../../presets/lessons/switch.md" suffix(, 0)
    }},
    {"training", (const unsigned char[]){
#embed "../../presets/lessons/training.md" suffix(, 0)
    }},
    {"truncation", (const unsigned char[]){
#embed "../../presets/lessons/truncation.md" suffix(, 0)
    }},
    {"forward", (const unsigned char[]){
#embed "../../presets/lessons/forward.md" suffix(, 0)
    }},
    {"outputs", (const unsigned char[]){
#embed "../../presets/lessons/outputs.md" suffix(, 0)
    }},
    {"states", (const unsigned char[]){
#embed "../../presets/lessons/states.md" suffix(, 0)
    }},
    {"parameters", (const unsigned char[]){
#embed "../../presets/lessons/parameters.md" suffix(, 0)
    }},
    {"vanishing", (const unsigned char[]){
#embed "../../presets/lessons/vanishing.md" suffix(, 0)
    }},
    {"gate", (const unsigned char[]){
#embed "../../presets/lessons/gate.md" suffix(, 0)
    }},
    {"forcing", (const unsigned char[]){
#embed "../../presets/lessons/forcing.md" suffix(, 0)
    }},
    {"final", (const unsigned char[]){
#embed "../../presets/lessons/final.md" suffix(, 0)
    }},
    {"bidirectional", (const unsigned char[]){
#embed "../../presets/lessons/bidirectional.md" suffix(, 0)
    }},
    {"translation", (const unsigned char[]){
#embed "../../presets/lessons/translation.md" suffix(, 0)
    }},
    {"attention", (const unsigned char[]){
#embed "../../presets/lessons/attention.md" suffix(, 0)
    }},
    {NULL, NULL},
};

static const unsigned char python[] = {
#embed "../../presets/unfold.py" suffix(, 0)
};

const unfold_embedded_file *unfold_embedded_presets(void) { return presets; }

const unfold_embedded_file *unfold_embedded_lessons(void) { return lessons; }

const unsigned char *unfold_embedded_python(void) { return python; }

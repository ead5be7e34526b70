// Preset files are embedded; see PresetLibrary.

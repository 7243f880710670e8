using Gdn.Harness.Models;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines;

/// <summary>Makes instances of one kind of engine, each without sequences.</summary>
public interface IEngineSource
{
    /// <summary>As on the command line.</summary>
    string Name { get; }

    /// <summary>How the engine declares to keep delta-rule states between batches: tolerances follow it.</summary>
    StateFormat StateFormat => StateFormat.F32;

    /// <summary>Whether the engines load the model by themselves, by its name, so that they cannot be given a part of one.</summary>
    bool LoadsModels => false;

    /// <summary>Makes an instance.</summary>
    /// <param name="model">The model.</param>
    /// <param name="slots">Sequences that can live at a time.</param>
    /// <param name="planes">K: states kept per sequence after a batch.</param>
    IModelEngine Create(LoadedModel model, int slots, int planes);
}

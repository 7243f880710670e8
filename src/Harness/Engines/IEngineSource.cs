using Gdn.Harness.Models;

namespace Gdn.Harness.Engines;

/// <summary>Makes instances of one kind of engine, each without sequences.</summary>
public interface IEngineSource
{
    /// <summary>As on the command line.</summary>
    string Name { get; }

    /// <summary>Makes an instance.</summary>
    /// <param name="model">The model.</param>
    /// <param name="slots">Sequences that can live at a time.</param>
    /// <param name="planes">K: states kept per sequence after a batch.</param>
    IModelEngine Create(LoadedModel model, int slots, int planes);
}

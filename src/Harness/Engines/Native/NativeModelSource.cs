using Gdn.Harness.Models;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines.Native;

/// <summary>The model level of a shared library.</summary>
/// <param name="exports">The library.</param>
/// <param name="stateFormat">How it declares to keep states.</param>
internal sealed class NativeModelSource(NativeLibraryExports exports, StateFormat stateFormat) : IEngineSource
{
    private readonly NativeModelFunctions _functions = new(exports);

    /// <inheritdoc/>
    public string Name => exports.Library;

    /// <inheritdoc/>
    public StateFormat StateFormat => stateFormat;

    /// <inheritdoc/>
    public IModelEngine Create(LoadedModel model, int slots, int planes) =>
        new NativeModelEngine(_functions, model, slots, planes, stateFormat);
}

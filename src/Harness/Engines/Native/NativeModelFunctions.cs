using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Native;

/// <summary>The functions of the model level. Handles are opaque.</summary>
/// <param name="exports">The library.</param>
/// <param name="sizes">Of its structures.</param>
/// <param name="capabilities">What it declares: functions of what it does not have are not looked for.</param>
internal sealed unsafe class NativeModelFunctions(
    NativeLibraryExports exports, NativeSizes sizes, EngineCapabilities capabilities)
{
    public readonly delegate* unmanaged[Cdecl]<NativeModelOptions*, nint*, int> Create =
        (delegate* unmanaged[Cdecl]<NativeModelOptions*, nint*, int>)exports.Required("gdn_model_create");

    public readonly delegate* unmanaged[Cdecl]<nint, void> Destroy =
        (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("gdn_model_destroy");

    public readonly delegate* unmanaged[Cdecl]<nint, int> Vocabulary =
        (delegate* unmanaged[Cdecl]<nint, int>)exports.Required("gdn_model_vocabulary");

    public readonly delegate* unmanaged[Cdecl]<nint, NativeToken*, int, float*, int> Decode =
        (delegate* unmanaged[Cdecl]<nint, NativeToken*, int, float*, int>)exports.Required("gdn_model_decode");

    public readonly delegate* unmanaged[Cdecl]<nint, int, int> NextPosition =
        (delegate* unmanaged[Cdecl]<nint, int, int>)exports.Required("gdn_model_next_position");

    public readonly delegate* unmanaged[Cdecl]<nint, int, int> SlotOf =
        (delegate* unmanaged[Cdecl]<nint, int, int>)exports.Optional("gdn_model_slot_of");

    public readonly delegate* unmanaged[Cdecl]<nint, int, int> Clear =
        (delegate* unmanaged[Cdecl]<nint, int, int>)exports.Required("gdn_model_clear");

    public readonly delegate* unmanaged[Cdecl]<nint, int, int, int> Copy =
        (delegate* unmanaged[Cdecl]<nint, int, int, int>)Declared("gdn_model_copy", exports, capabilities.Copies);

    public readonly delegate* unmanaged[Cdecl]<nint, int, nint*, int> Snapshot =
        (delegate* unmanaged[Cdecl]<nint, int, nint*, int>)Declared("gdn_model_snapshot", exports, capabilities.Snapshots);

    public readonly delegate* unmanaged[Cdecl]<nint, int, nint, int> Restore =
        (delegate* unmanaged[Cdecl]<nint, int, nint, int>)Declared("gdn_model_restore", exports, capabilities.Snapshots);

    public readonly delegate* unmanaged[Cdecl]<nint, void> DestroySnapshot =
        (delegate* unmanaged[Cdecl]<nint, void>)Declared("gdn_snapshot_destroy", exports, capabilities.Snapshots);

    public readonly delegate* unmanaged[Cdecl]<nint, int, int, int> Rollback =
        (delegate* unmanaged[Cdecl]<nint, int, int, int>)Declared(
            "gdn_model_rollback", exports, capabilities.Rollback != RollbackSupport.None);

    public readonly delegate* unmanaged[Cdecl]<nint, NativeCounters*, int> Counters =
        (delegate* unmanaged[Cdecl]<nint, NativeCounters*, int>)exports.Optional("gdn_model_counters");

    /// <inheritdoc cref="NativeLibraryExports.Library"/>
    public string Library => exports.Library;

    /// <summary>Of the library's structures.</summary>
    public NativeSizes Sizes => sizes;

    /// <summary>What the library declares.</summary>
    public EngineCapabilities Capabilities => capabilities;

    /// <inheritdoc cref="NativeLibraryExports.Check"/>
    public void Check(string function, int status) => exports.Check(function, status);

    private static nint Declared(string name, NativeLibraryExports exports, bool isDeclared) =>
        isDeclared ? exports.Required(name) : 0;
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Native;
using Gdn.Harness.Models;
using Gdn.Optimized.Cpu;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Native;

/// <summary>
/// The model level of <c>docs/gdn_engine.h</c>. An engine of ours behind C functions gives the bits that it gives without them;
/// one in C that dies is a finding.
/// </summary>
public sealed unsafe partial class NativeModelTests
{
    // Campaigns make engines on several threads at a time.
    private static readonly ConcurrentDictionary<nint, object> Handles = [];
    private static int LastHandle;
    private static NativeDescription* Description;

    [Fact]
    public void OurEngineBehindCFunctions_GivesTheSameBits() =>
        SameBits.AsCpu(NativeEngine.Load(new NativeLibraryExports("ours", AddressOf)).Models!);

    [Fact]
    public void Refused_IsAnInputException()
    {
        IEngineFactory native = NativeEngine.Load(new NativeLibraryExports("ours", AddressOf)).Models!;
        using IModelEngine engine = native.Create(SampleModels.Qwen35.Options(1, 1));
        var gap = new TokenBatch([new BatchToken(1, 0, 5, true)]);
        InputException e = Assert.Throws<InputException>(() => engine.Decode(gap, new float[engine.Info.Vocabulary]));
        Assert.StartsWith("ours: gdn_model_decode: batch token 0: sequence 0 has position 5", e.Message, StringComparison.Ordinal);
    }

    [CCompilerTheory]
    [InlineData("CRASH_IN_CREATE", "crash", "before step 0: the engine's process was ended by SIGSEGV")]
    [InlineData("CRASH_IN_DECODE", "crash", "step 0: the engine's process was ended by SIGSEGV")]
    [InlineData("CRASH_IN_DESTROY", "crash", "was ended by SIGSEGV")]
    [InlineData("WRITE_NOTHING", "differential", "actual NaN")]
    [InlineData("SHORT_ROWS", "play", "it says that rows have 3 logits; the model has 256")]
    [InlineData("FAIL", "play", "the engine threw InvalidOperationException: gdn_model_decode returned 2: no graph")]
    public void InC_GoesWrong_IsAFinding(string how, string check, string evidence)
    {
        using NamedEngine spec = EngineCatalog.Parse("native:" + NativeSources.Build("model.c", how));
        Assert.Equal((false, true), (spec.HasKernel, spec.RunsModels));
        ScheduleResult result = new ScheduleCampaign(new ScheduleOptions(spec, SampleModels.Qwen35, Seed: 2, Cases: 4, Slots: [1, 2])).Run(null, CancellationToken.None);
        Assert.Equal(4, result.Rows.Sum(row => row.Cases));
        string summary = result.Findings.Single(finding => finding.Check == check).Summary;
        Assert.Contains(evidence, summary, StringComparison.Ordinal);
    }

    [CCompilerFact]
    public void InC_FunctionMissing_IsNamed()
    {
        InputException e = Assert.Throws<InputException>(
            () => EngineCatalog.Parse("native:" + NativeSources.Build("model.c", "NO_ROLLBACK")));
        Assert.Contains("it does not export gdn_model_rollback", e.Message, StringComparison.Ordinal);
    }

    private static nint AddressOf(string function) => function switch
    {
        "gdn_abi_version" => (nint)(delegate* unmanaged[Cdecl]<uint>)&Version,
        "gdn_describe" => (nint)(delegate* unmanaged[Cdecl]<NativeDescription*>)&Describe,
        "gdn_last_error" => (nint)(delegate* unmanaged[Cdecl]<nint>)&LastError,
        "gdn_model_create" => (nint)(delegate* unmanaged[Cdecl]<NativeModelOptions*, nint*, int>)&Create,
        "gdn_model_destroy" or "gdn_snapshot_destroy" => (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Destroy,
        "gdn_model_vocabulary" => (nint)(delegate* unmanaged[Cdecl]<nint, int>)&Vocabulary,
        "gdn_model_decode" => (nint)(delegate* unmanaged[Cdecl]<nint, NativeToken*, int, float*, int>)&Decode,
        "gdn_model_next_position" => (nint)(delegate* unmanaged[Cdecl]<nint, int, int>)&NextPosition,
        "gdn_model_slot_of" => (nint)(delegate* unmanaged[Cdecl]<nint, int, int>)&SlotOf,
        "gdn_model_clear" => (nint)(delegate* unmanaged[Cdecl]<nint, int, int>)&Clear,
        "gdn_model_copy" => (nint)(delegate* unmanaged[Cdecl]<nint, int, int, int>)&Copy,
        "gdn_model_snapshot" => (nint)(delegate* unmanaged[Cdecl]<nint, int, nint*, int>)&Snapshot,
        "gdn_model_restore" => (nint)(delegate* unmanaged[Cdecl]<nint, int, nint, int>)&Restore,
        "gdn_model_counters" => (nint)(delegate* unmanaged[Cdecl]<nint, NativeCounters*, int>)&Counters,
        "gdn_model_rollback" => (nint)(delegate* unmanaged[Cdecl]<nint, int, int, int>)&Rollback,
        _ => 0,
    };

    [ThreadStatic]
    private static string? Problem;

    private static nint Keep(object value)
    {
        nint handle = Interlocked.Increment(ref LastHandle);
        Handles[handle] = value;
        return handle;
    }

    private static IModelEngine Model(nint handle) => (IModelEngine)Handles[handle];

    private static int Guarded(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (InputException e)
        {
            Problem = e.Message;
            return 1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint Version() => AbiVersion;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static NativeDescription* Describe()
    {
        if (Description == null) Description = (NativeDescription*)NativeMemory.AllocZeroed((nuint)sizeof(NativeDescription));
        *Description = Declare(new NativeDescription
        {
            StructSize = (uint)sizeof(NativeDescription),
            KernelCallSize = (uint)sizeof(NativeKernelCall),
            ModelOptionsSize = (uint)sizeof(NativeModelOptions),
            TokenSize = (uint)sizeof(NativeToken),
            CountersSize = (uint)sizeof(NativeCounters),
            Levels = NativeLevels.Model,
            Chunk = 1,
        });
        return Description;
    }

    // Leaked: a few bytes once.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint LastError() => Marshal.StringToCoTaskMemUTF8(Problem);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Create(NativeModelOptions* options, nint* model)
    {
        LoadedModel loaded = LoadedModel.Load(Marshal.PtrToStringUTF8((nint)options->Path)!);
        *model = Keep(CpuDevice.Engine(
            "ours", new CpuOptions { Engine = loaded.Options(options->Slots, options->Planes) }));
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Destroy(nint handle) => Handles.TryRemove(handle, out _);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Vocabulary(nint model) => Model(model).Info.Vocabulary;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Decode(nint model, NativeToken* tokens, int count, float* logits)
    {
        var list = new List<BatchToken>();
        for (int i = 0; i < count; i++)
        {
            NativeToken token = *(NativeToken*)((byte*)tokens + i * Description->TokenSize);
            list.Add(new BatchToken(token.Token, token.Sequence, token.Position, token.Output == 1));
        }

        var batch = new TokenBatch(list);
        return !Takes(batch) ? 1 : Guarded(() => Model(model).Decode(
            batch, new Span<float>(logits, batch.OutputCount * Model(model).Info.Vocabulary)));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NextPosition(nint model, int sequence) => Model(model).NextPosition(sequence);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SlotOf(nint model, int sequence) => Model(model).SlotOf(sequence);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Clear(nint model, int sequence) => Guarded(() => Model(model).Clear(sequence));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Copy(nint model, int source, int target) => Guarded(() => Model(model).Copy(source, target));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Snapshot(nint model, int sequence, nint* snapshot)
    {
        IStateSnapshot? taken = null;
        int status = Guarded(() => taken = Model(model).Snapshot(sequence));
        if (status == 0) *snapshot = Keep(taken!);
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Restore(nint model, int sequence, nint snapshot) =>
        Guarded(() => Model(model).Restore(sequence, (IStateSnapshot)Handles[snapshot]));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Rollback(nint model, int sequence, int count) =>
        Guarded(() => Model(model).Rollback(sequence, count));
}

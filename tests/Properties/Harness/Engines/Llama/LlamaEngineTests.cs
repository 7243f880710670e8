using Gdn.Harness.Campaigns;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Llama;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Llama;

/// <summary>The real libllama as an engine.</summary>
public sealed class LlamaEngineTests
{
    private static string Singles => $"llama:{GgmlFactAttribute.Folder},kv=f32,fa=off";

    [GgmlFact]
    public void Capabilities_EveryFamily_AreThoseOfItsMemory()
    {
        using NamedEngine engine = EngineCatalog.ParseForModels(Singles);
        RollbackSupport Rollback(string model) => DeclaredCapabilities.Of(engine, LoadedModel.Load(model)).Rollback;
        Assert.Equal(
            [RollbackSupport.OncePerBatch, RollbackSupport.OncePerBatch, RollbackSupport.None, RollbackSupport.Repeated],
            [Rollback("synth:qwen35:1:small"), Rollback("synth:qwen35moe:1:small"), Rollback("synth:qwen3next:1:small"),
                Rollback("synth:qwen3moe:1:small")]);
    }

    [GgmlTheory]
    [InlineData("kv=f32,fa=off", true)]
    [InlineData("kv=f32", false)]
    [InlineData("fa=off", false)]
    public void Capabilities_Arithmetic_DeclaredInSinglePrecision(string options, bool declares)
    {
        using NamedEngine engine = EngineCatalog.ParseForModels($"llama:{GgmlFactAttribute.Folder},{options}");
        Assert.Equal(declares, DeclaredCapabilities.Of(engine, LoadedModel.Load("synth:qwen35:1:small")).DeclaresArithmetic);
    }

    // The bug of v0.5.0 needs a copy right after a rollback.
    [GgmlTheory]
    [InlineData("synth:qwen35:1:small")]
    [InlineData("synth:qwen35moe:1:small")]
    [InlineData("synth:qwen3next:1:small")]
    [InlineData("synth:qwen3moe:1:small")]
    public void Check_FirstSchedules_OnlyTheKnownBug(string model)
    {
        using NamedEngine engine = EngineCatalog.ParseForModels(Singles);
        ScheduleResult result = new ScheduleCampaign(
            new ScheduleOptions(engine, LoadedModel.Load(model), Seed: 7, Cases: 16, Slots: [1, 2, 3, 5])).Run(null, default);
        Assert.All(result.Findings, finding => Assert.Matches("^overreach/wrong-logits/decode$|copy\\+rollback$", finding.Fingerprint));
        Assert.Equal(16, result.Rows.Sum(row => row.Cases));
    }

    [GgmlFact]
    public void Replay_CopyAfterRollback_IsFound()
    {
        using NamedEngine engine = EngineCatalog.ParseForModels(Singles);
        Schedule schedule = ScheduleFile.Parse(
            "bug", "np 2, planes 2\ndecode seq 0: 12 7\nroll back 1 of seq 0\ncopy seq 0 to seq 1\ndecode seq 1: 9").Schedule;
        var @case = new ModelCase(schedule, engine, LoadedModel.Load("synth:qwen35:1:small"));
        Assert.NotNull(new DifferentialCheck().RunGuarded(@case, default).Discrepancy);
        Schedule withoutRollback = schedule with { Steps = [.. schedule.Steps.Where(step => step is not RollbackStep)] };
        Assert.Null(new DifferentialCheck().RunGuarded(@case.With(withoutRollback), default).Discrepancy);
    }

    [GgmlTheory]
    [MemberData(nameof(Faults))]
    public void Fault_Planted_IsCaught(string id)
    {
        const int cases = 192, wave = 16;
        using NamedEngine engine = EngineCatalog.ParseForModels($"{Singles}+fault:{id}");
        LoadedModel model = LoadedModel.Load("synth:qwen35:1:small");
        EngineCapabilities declared = DeclaredCapabilities.Of(engine, model);
        var schedules = new ScheduleSource(
            3, [.. ((int[])[2, 3, 4]).Select(slots => new ScheduleRules(model.Limits(slots), declared))]);
        Assert.Contains(
            Enumerable.Range(0, cases / wave).SelectMany(w => ModelCaseRunner.Run(
                [.. Enumerable.Range(w * wave, wave).Select(
                    i => (Func<ModelCase>)(() => new ModelCase(schedules[i], engine, model, declared)))],
                ModelChecks.All, caseDone: null, default)),
            result => result.Failures.Count > 0 && !CopiesAfterRollback(result.Case.Schedule));
    }

    private static bool CopiesAfterRollback(Schedule schedule) =>
        schedule.Steps.OfType<CopyStep>().Any() && schedule.Steps.OfType<RollbackStep>().Any();

    public static TheoryData<string> Faults => new(LlamaFaults.All.Select(fault => fault.Id));

    [GgmlFact]
    public void Decode_BadBatch_IsRefusedInTheLibrarysWords()
    {
        using NamedEngine engine = EngineCatalog.ParseForModels(Singles);
        LoadedModel model = LoadedModel.Load("synth:qwen35:1:small");
        using IModelEngine instance = engine.Create(model.Options(slots: 2, planes: 1));
        InputException e = Assert.Throws<InputException>(
            () => instance.Decode(new TokenBatch([new BatchToken(-1, 0, 0, true)]), new float[model.Config.Vocabulary]));
        Assert.Contains("invalid token[0] = -1", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, instance.NextPosition(0));
    }

    [GgmlFact]
    public void Create_RefusedOptions_SaysWhatTheLibraryLogged()
    {
        using NamedEngine engine = EngineCatalog.ParseForModels($"llama:{GgmlFactAttribute.Folder},kv=q8_0,fa=off");
        InputException e = Assert.Throws<InputException>(
            () => engine.Create(LoadedModel.Load("synth:qwen35:1:small").Options(1, 1)));
        Assert.Contains("quantized V cache requires flash_attn", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [GgmlFact]
    public void Create_RefusedModel_SaysWhatTheLibraryLogged()
    {
        // The tool reads no tokenizer of this model's kind; the library does.
        byte[] file = File.ReadAllBytes(Repository.PathOf("models/gdn-tiny/gdn-tiny.gguf")), name = "gpt2"u8.ToArray();
        int at = file.AsSpan().IndexOf("tokenizer.ggml.model"u8);
        "zzzz"u8.CopyTo(file.AsSpan(at + file.AsSpan(at).IndexOf(name)));
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file);
            using NamedEngine engine = EngineCatalog.ParseForModels(Singles);
            InputException e = Assert.Throws<InputException>(() => engine.Create(LoadedModel.Load(path).Options(1, 1)));
            Assert.Contains("the library does not load it: '", e.Message, StringComparison.Ordinal);
            Assert.Contains("unknown tokenizer: 'zzzz'", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}

using System.Text;
using Gdn.Harness.Cli;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Gate;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Fuzzing;

/// <summary>Everything that reads a file from outside, on thousands of mutants (<see cref="Fuzzer"/>).</summary>
public sealed class FuzzTests
{
    private static readonly int[] Tokens = [1, 3, 2];

    private static readonly Lazy<LoadedModel> Tiny = new(() => LoadedModel.Load("synth:qwen35:1:tiny"));

    // What is read is used as the tool uses it: a model that loads computes logits, in the reference and in the engine.
    [Fact]
    public void ModelFiles_AreUsedOrRefused()
    {
        var fuzzer = new Fuzzer(seed: 20_261_127, cases: 700);
        fuzzer.Run(ModelFileMutator.Make, bytes =>
        {
            using GgufFile file = GgufFile.Parse("m.gguf", bytes);
            foreach ((_, string text) in ModelInfo.Read(file).Lines()) OutsideText.OneLine(text);
            ModelConfig config = ModelLoader.ReadConfig(file);
            ModelWeights<float> weights = ModelLoader.ReadWeights<float>(file, config);
            Tokenize(file);
            var model = new ReferenceModel<float>(config, weights);
            model.Logits(model.Forward(model.NewState(), Tokens).AsSpan(0, config.Embedding), new float[config.Vocabulary]);
            using NamedEngine named = EngineCatalog.Parse("cpu");
            using IModelEngine engine = named.Create(new EngineOptions
            {
                Model = new EngineModel("m", config, path: null, () => weights),
                Slots = 2,
                Planes = 1,
                MaxBatchTokens = 8,
                MaxPositions = Math.Min(16, config.MaxPositions),
            });
            engine.Decode(
                new TokenBatch(Tokens.Select((token, i) => new BatchToken(token, Sequence: 0, Position: i, Output: true))),
                new float[Tokens.Length * config.Vocabulary]);
        });
        Assert.InRange(fuzzer.Used, 1, int.MaxValue);
        foreach (string kind in (string[])["is missing", "is not valid", "it holds _ or an infinity"])
            Assert.Contains(fuzzer.Reached, reached => reached.Contains(kind, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("replay-*.json")]
    [InlineData("gate-*.json")]
    [InlineData("known-*.json")]
    public void Json_IsReadOrRefused(string pattern)
    {
        byte[][] corpus = Corpus(pattern);
        var fuzzer = new Fuzzer(seed: 1, cases: 4000);
        fuzzer.Run(random => JsonMutator.Make(corpus[random.Next(corpus.Length)], random), json => Use(pattern, json));
        Assert.InRange(fuzzer.Used, 20, int.MaxValue);
        Assert.InRange(fuzzer.Reached.Count, 3, int.MaxValue);
    }

    // The whole way: whatever a replay file says, the tool ends with one of its exit codes.
    [Fact]
    public void Replays_EndWithAnExitCode()
    {
        byte[][] corpus = Corpus("replay-schedule*.json");
        string path = Path.GetTempFileName();
        var codes = new SortedDictionary<ExitCode, int>();
        try
        {
            new Fuzzer(seed: 2, cases: 60) { MostAllocated = long.MaxValue }.Run(
                random => JsonMutator.Make(corpus[random.Next(corpus.Length)], random),
                json =>
                {
                    File.WriteAllBytes(path, json);
                    var code = (ExitCode)CommandLine.Run(["replay", path]).GetAwaiter().GetResult();
                    codes[code] = codes.GetValueOrDefault(code) + 1;
                });
        }
        finally
        {
            File.Delete(path);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", codes.Select(code => $"{code.Key}: {code.Value}")));
        Assert.All(codes.Keys, code => Assert.InRange((int)code, 0, 4));
        Assert.Contains(ExitCode.Usage, codes.Keys);
        Assert.InRange(codes.Count, 2, 5);
    }

    // Files of the model that this build makes.
    private static byte[][] Corpus(string pattern) =>
    [
        .. Directory.GetFiles(Repository.PathOf("tests", "Properties", "Fuzzing", "Corpus"), pattern).Order().Select(path =>
            Encoding.UTF8.GetBytes(File.ReadAllText(path).Replace("SHA256", Tiny.Value.Sha256, StringComparison.Ordinal))),
    ];

    private static void Use(string pattern, byte[] json)
    {
        switch (pattern[..pattern.IndexOf('-', StringComparison.Ordinal)])
        {
            case "gate":
                GateConfig config = GateConfig.Parse("gate.json", json);
                if (config.Parts.Schedules is { } schedules) IntRange.Parse("schedules.np", schedules.Np);
                break;
            case "known":
                KnownFindings.Parse("known.json", Encoding.UTF8.GetString(json));
                break;
            default:
                ReplayFile file = ReplayFile.Parse("r.json", json);
                if (file.Schedule is not null)
                    file.PlayableSchedule("r.json", slots => new BatchLimits(256, slots, MaxBatchTokens: 512, MaxPositions: 4096));
                file.Round?.Validate("r.json");
                if (file.KernelCase is { } text && ConvCase.Includes(text)) ConvCase.Parse(text);
                else if (file.KernelCase is not null) KernelCase.Parse(file.KernelCase);
                foreach (string step in file.Steps) Step(step);
                break;
        }
    }

    private static void Step(string step)
    {
        try
        {
            ScheduleText.ParseStep("step", step);
        }
        catch (InputException)
        {
            // In words: not read back by the tool.
        }
    }

    private static void Tokenize(GgufFile file)
    {
        if (!file.Metadata.ContainsKey("tokenizer.ggml.model")) return;
        ModelTokenizer tokenizer = ModelTokenizer.Read(file);
        tokenizer.Decode(tokenizer.TokensOf("hello 12 the"));
    }
}

using System.Text;
using FsCheck.Xunit;
using Gdn.Harness;
using Gdn.Harness.Clients;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Harness.Traffic;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Xunit;

namespace Gdn.Properties.Harness.Findings;

public sealed class ReplayFileTests : IDisposable
{
    private static readonly BatchLimits Limits = new(Vocabulary: 256, MaxSequences: 4, MaxBatchTokens: 512, MaxPositions: 4096);

    private static BatchLimits LimitsOf(int slots) => Limits with { MaxSequences = slots };

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"replay-{Guid.NewGuid():n}.json");

    public void Dispose() => File.Delete(_path);

    private static ReplayFile Example(ulong seed)
    {
        Schedule schedule = ScheduleGenerator.Generate(seed, Limits);
        return new ReplayFile
        {
            Schema = ReplayFile.CurrentSchema,
            Engine = "cpu",
            Model = "synth:qwen35",
            ModelSha256 = "00",
            Check = "differential",
            Seed = seed,
            Summary = "a \"quoted\" finding",
            Steps = ScheduleText.Describe(schedule),
            Schedule = schedule,
        };
    }

    [Property(MaxTest = 100)]
    public void Write_ThenRead_GivesTheSameSchedule(ulong seed)
    {
        ReplayFile file = Example(seed);
        file.Write(_path);
        ReplayFile read = ReplayFile.Read(_path);
        Assert.Equal(
            ScheduleText.Describe(file.Schedule!), ScheduleText.Describe(read.PlayableSchedule(_path, LimitsOf)));
        Assert.Equal((file.Engine, file.Seed, file.Summary), (read.Engine, read.Seed, read.Summary));
        Assert.Equal(file.Schedule!.TokenCount, read.Schedule!.TokenCount);
    }

    [Theory]
    [InlineData("native:./lib.so", "native:{0}/lib.so")]
    [InlineData("assembly:bin/../Mine.dll:My.Kernel", "assembly:{0}/Mine.dll:My.Kernel")]
    [InlineData("ggml:/opt/ggml", "ggml:/opt/ggml")]
    [InlineData("cpu+fault:none", "cpu+fault:none")]
    [InlineData("server:http://127.0.0.1:8080/", "server:http://127.0.0.1:8080/")]
    public void Of_EngineOfARelativePath_IsFoundFromAnyFolder(string engine, string written) => Assert.Equal(
        string.Format(System.Globalization.CultureInfo.InvariantCulture, written, Directory.GetCurrentDirectory()),
        ReplayFile.Of(new Finding("x", "differential", engine), seed: 1).Engine);

    [Fact]
    public void Parse_OlderSchema_IsRead()
    {
        ReplayFile older = Example(1) with { Schema = 1 };
        older.Write(_path);
        Assert.Equal(
            ScheduleText.Describe(older.Schedule!), ScheduleText.Describe(ReplayFile.Read(_path).PlayableSchedule(_path, LimitsOf)));
    }

    private static ReplayFile ExampleRound(params LiveRequest[] requests) => Example(1) with
    {
        Model = null,
        ModelSha256 = null,
        Schedule = null,
        Round = new LiveRound(Scenario.Churn, 2, requests),
    };

    [Fact]
    public void Write_ThenRead_GivesTheSameRound()
    {
        var prompt = new Prompt([1, 2]);
        LiveRequest[] requests =
        [
            new(prompt, 3, Codeword: "kavotire"), new(prompt, 4, new TokensArrived(0, 1), new TokensArrived(1, 2)),
            new(new Prompt(Text: "text"), 5, new RequestEnded(1), Cache: true), new(prompt, 6, new RequestsEnded(2), Slot: 1) { SavesSlot = true },
            new(prompt, 6, Slot: 0) { RestoresSlotOf = 3 },
        ];
        ExampleRound(requests).Write(_path);
        LiveRound read = ReplayFile.Read(_path).Round!;
        read.Validate(_path);
        Assert.Equal((Scenario.Churn, 2), (read.Scenario, read.Slots));
        Assert.Equal(
            requests.Select(r => (r.Prompt.Key, r.MaxTokens, r.Start, r.Abort, r.Cache, r.Codeword, r.Slot, r.SavesSlot, r.RestoresSlotOf)),
            read.Requests.Select(r => (r.Prompt.Key, r.MaxTokens, r.Start, r.Abort, r.Cache, r.Codeword, r.Slot, r.SavesSlot, r.RestoresSlotOf)));
    }

    public static TheoryData<LiveRequest, string> UnplayableRequests => new()
    {
        { new(new Prompt([1]), 0), "requests[0]: maxTokens 0 is out of range" },
        { new(new Prompt([1]), 1, Slot: 64), "requests[0]: slot 64 is out of range" },
        { new(new Prompt([1]), 1) { SavesSlot = true }, "requests[0]: a slot is saved or restored, but none is named" },
        { new(new Prompt([1]), 1, Slot: 0) { RestoresSlotOf = 0 }, "requests[0]: request 0 before it saves no slot" },
        { new(new Prompt(Text: null), 1), "requests[0]: the prompt has neither tokens nor a text" },
        { new(new Prompt([1]), 1, new RequestEnded(0)), "requests[0]: it starts after a request that is not before it" },
        { new(new Prompt([1]), 1, Abort: new TokensArrived(7, 1)), "requests[0]: it is aborted by no tokens" },
    };

    [Theory]
    [MemberData(nameof(UnplayableRequests))]
    public void Validate_UnplayableRound_NamesTheRequest(LiveRequest request, string problem)
    {
        InputException e = Assert.Throws<InputException>(() => ExampleRound(request).Round!.Validate("r.json"));
        Assert.StartsWith("r.json: " + problem, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not a replay file")]
    [InlineData("[]", "schema: it is missing")]
    [InlineData("{}", "schema: it is missing")]
    [InlineData("{\"schema\":[1]}", "schema: it is missing, or not a number")]
    [InlineData("{\"schema\":4}", "this build reads versions 1 to 3, not 4; use a newer build")]
    [InlineData("{\"schema\":0}", "this build reads versions 1 to 3, not 0; find it again")]
    [InlineData("{\"schema\":1}", "is not a replay file")]
    [InlineData("{\"schema\":1,\"engine\":", "is not a replay file")]
    [InlineData(
        "{\"schema\":1,\"engine\":\"cpu\",\"check\":\"x\",\"seed\":1,\"summary\":\"\"}",
        "it contains neither a schedule with its model nor a kernel case")]
    public void Parse_Foreign_SaysWhatIsWrong(string json, string problem)
    {
        InputException e = Assert.Throws<InputException>(() => ReplayFile.Parse("r.json", Encoding.UTF8.GetBytes(json)));
        Assert.StartsWith("r.json", e.Message, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("\"steps\":[null,{\"op\":\"clear\",\"sequence\":0}]", "r.json: schedule.steps[0]: it is null")]
    [InlineData("\"steps\":[{\"op\":\"decode\",\"runs\":null}]", "r.json, line 1: schedule.steps[0].runs")]
    [InlineData("\"steps\":[{\"op\":\"decode\",\"runs\":[null]}]", "r.json: schedule.steps[0].runs[0]: it is null")]
    [InlineData("\"steps\":[{\"op\":\"decode\",\"runs\":[{\"sequence\":0,\"tokens\":null}]}]", "r.json, line 1: schedule.steps[0].runs[0].tokens")]
    [InlineData("\"steps\":[{\"op\":\"decode\",\"runs\":[{\"sequence\":0,\"tokens\":[null]}]}]", "r.json: schedule.steps[0].runs[0].tokens[0]")]
    [InlineData("\"steps\":null", "r.json, line 1: schedule.steps")]
    public void Parse_NullInASchedule_SaysWhere(string steps, string where)
    {
        string json = "{\"schema\":3,\"engine\":\"cpu\",\"check\":\"x\",\"seed\":1,\"summary\":\"\",\"model\":\"m\",\"modelSha256\":\"0\","
            + $"\"schedule\":{{\"slots\":1,\"planes\":1,{steps}}}}}";
        Assert.StartsWith(
            where, Assert.Throws<InputException>(() => ReplayFile.Parse("r.json", Encoding.UTF8.GetBytes(json))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ImpossibleStep_NamesFileAndStep()
    {
        ReplayFile file = Example(1) with { Schedule = new Schedule(1, 1, [new RollbackStep(3, 1)]) };
        InputException e = Assert.Throws<InputException>(() => file.PlayableSchedule("r.json", LimitsOf));
        Assert.StartsWith("r.json: step 0: sequence 3: it does not exist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_AbsurdSlots_SaysSo()
    {
        ReplayFile file = Example(1) with { Schedule = new Schedule(int.MaxValue, 1, []) };
        Assert.Contains("slots: 2147483647", Assert.Throws<InputException>(() => file.PlayableSchedule("r", LimitsOf)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_SaysSo() =>
        Assert.Contains("cannot be read", Assert.Throws<InputException>(() => ReplayFile.Read(_path)).Message, StringComparison.Ordinal);

    // Whatever bytes come, the answer is a replay file or one clear error, in bounded memory.
    [Fact]
    public void Parse_MutatedFiles_NeverCrash()
    {
        ReplayFile schedule = Example(5), kernel = schedule with
        {
            Model = null,
            ModelSha256 = null,
            Schedule = null,
            Steps = [],
            KernelCase = "slow-gates:T65,n3,Hk1,Hv2,K16,V32,tiled,channel,p2,rows5:9fe12c",
        };
        byte[][] originals = [BytesOf(schedule), BytesOf(kernel)];
        const int cases = 50_000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        int refused = 0;
        for (int i = 0; i < cases; i++)
        {
            byte[] mutant = Mutate(originals[i % originals.Length], new SeededRandom((ulong)i));
            try
            {
                ReplayFile file = ReplayFile.Parse("mutant", mutant);
                if (file.Schedule is not null) file.PlayableSchedule("mutant", LimitsOf);
                else KernelCase.Parse(file.KernelCase!);
            }
            catch (InputException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"mutant {i}: {e}");
            }
        }

        Assert.InRange(refused, cases / 2, cases);
        long perCase = (GC.GetAllocatedBytesForCurrentThread() - before) / cases;
        Assert.InRange(perCase, 0, 40L * originals.Max(original => original.Length) + 100_000);
    }

    private byte[] BytesOf(ReplayFile file)
    {
        file.Write(_path);
        return File.ReadAllBytes(_path);
    }

    private static byte[] Mutate(byte[] original, SeededRandom random)
    {
        byte[] mutant = [.. original];
        for (int n = random.Next(4); n >= 0; n--)
        {
            int at = random.Next(mutant.Length);
            switch (random.Next(4))
            {
                case 0:
                    mutant[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mutant[at] = (byte)"0123456789-{}[],:\"e."[random.Next(20)];
                    break;
                case 2:
                    mutant = mutant[..(at + 1)];
                    break;
                default:
                    int from = random.Next(mutant.Length);
                    mutant = [.. mutant[..at], .. mutant[from..Math.Min(mutant.Length, from + 20)], .. mutant[at..]];
                    break;
            }
        }

        return mutant;
    }
}

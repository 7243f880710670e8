using Gdn.Harness.Throughput;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Throughput;

/// <summary>The forms of output of both forks, and what is none of them.</summary>
public class BenchToolOutputTests
{
    private const string Sweep = """
        load: model has unused tensor blk.8.attn_norm.weight -- ignoring

        main: n_kv_max = 1024, n_batch = 256, n_ubatch = 256, flash_attn = 1

        |    PP |     TG |   N_KV |   T_PP s | S_PP t/s |   T_TG s | S_TG t/s |
        |-------|--------|--------|----------|----------|----------|----------|
        |   256 |     64 |      0 |    0.512 |   500.00 |    0.640 |   100.00 |
        |   256 |     64 |    256 |    0.640 |   400.00 |    0.500 |   128.00 |

        """;

    private const string Batched = """
        |    PP |     TG |    B |   N_KV |   T_PP s | S_PP t/s |   T_TG s | S_TG t/s |      T s |    S t/s |
        |-------|--------|------|--------|----------|----------|----------|----------|----------|----------|
        |    64 |     16 |    1 |     80 |    0.064 |  1000.00 |    0.100 |   160.00 |    0.164 |   487.80 |
        mixed-sequence batch contains repeated seq_id values; falling back to single-token chunking
        |    64 |     16 |    4 |    320 |    0.100 |  2560.00 |    0.080 |   800.00 |    0.180 |  1777.78 |
        """;

    private const string BatchedLines = """
        {"n_kv_max": 2048, "is_pp_shared": 0, "pp": 64, "tg": 16, "pl": 2, "n_kv": 160, "t_pp": 0.04, "speed_pp": 3200.5, "t_tg": 0.05, "speed_tg": 640.25, "t": 0.09, "speed": 1777.0}
        """;

    private const string Bench = """
        | model                |       size |     params | backend    | threads |            test |                  t/s |
        | -------------------- | ---------: | ---------: | ---------- | ------: | --------------: | -------------------: |
        | qwen35 ?B all F32    |   8.33 MiB |     2.18 M | CPU        |       1 |           pp128 |     2473.62 ± 528.75 |
        | qwen35 ?B all F32    |   8.33 MiB |     2.18 M | CPU        |       1 |     tg16 @ d512 |     1200.50 ± 13.76 |

        build: 3f545becc (10587)
        """;

    private const string BenchCsv = """
        build_commit,build_number,n_prompt,n_gen,avg_ns,avg_ts,test
        "8337e4cd3","4840","128","0","119219474","1080.5","pp128"
        "8337e4cd3","4840","0","16","235955006","156.25","tg16"
        """;

    private const string BenchJson = """
        [
          {
            "build_commit": "8337e4cd3",
            "cuda": false,
            "n_prompt": 128,
            "n_gen": 0,
            "avg_ts": 1080.5,
            "samples_ns": [ 232027356, 160575857 ]
          }
        ]
        """;

    public static TheoryData<string, string[]> Forms => new()
    {
        { Sweep, ["256 64 1 0: 500 100", "256 64 1 256: 400 128"] },
        { Batched, ["64 16 1 80: 1000 160", "64 16 4 320: 2560 800"] },
        { BatchedLines, ["64 16 2 160: 3200.5 640.25"] },
        { Bench, ["128  1 0: 2473.62 ", " 16 1 512:  1200.5"] },
        { BenchCsv, ["128  1 0: 1080.5 ", " 16 1 0:  156.25"] },
        { BenchJson, ["128  1 0: 1080.5 "] },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Parse_Form(string output, string[] expected) => Assert.Equal(
        expected,
        BenchToolOutput.Parse("tool", output).Select(row => FormattableString.Invariant(
            $"{row.Test.Prompt} {row.Test.Answer} {row.Test.Sequences} {row.Test.Depth}: {row.PromptRate} {row.AnswerRate}")));

    [Fact]
    public void Fallbacks_LineBetweenRows_IsToldOnce()
    {
        Assert.Equal(
            ["mixed-sequence batch contains repeated seq_id values; falling back to single-token chunking"],
            BenchToolOutput.Fallbacks(Batched + "\n" + Batched));
        Assert.Empty(BenchToolOutput.Fallbacks(Sweep));
    }

    [Theory]
    [InlineData("", "it printed nothing")]
    [InlineData("error: invalid parameter for argument: -o", "its last line is: error: invalid parameter for argument: -o")]
    [InlineData("CREATE TABLE IF NOT EXISTS test (\n  build_commit TEXT\n);", "does not print what the benchmarks of llama.cpp do")]
    [InlineData("| PP | TG | N_KV | S_PP t/s | S_TG t/s |\n|--|--|--|--|--|\n| 1 | 2 | 3 | 4 |", "4 cells under 5 titles")]
    [InlineData("| PP | TG | N_KV | S_PP t/s | S_TG t/s |\n|--|--|--|--|--|\n| 1 | 2 | 3 | nan | 4 |", "'nan' is not a speed")]
    [InlineData("| PP | TG | N_KV | S_PP t/s | S_TG t/s |\n|--|--|--|--|--|\n| -1 | 2 | 3 | 4 | 4 |", "'-1' is not a number of tokens")]
    [InlineData("{\"pp\": 1, \"speed_pp\": 4}", "cannot be read")]
    [InlineData("{\"pp\": 1,", "cannot be read")]
    [InlineData("{\"n_prompt\": 0, \"n_gen\": 0, \"avg_ts\": 4}", "cannot be read")]
    public void Parse_Garbage_IsRefused(string output, string message) => Assert.Contains(
        message, Assert.Throws<EnvironmentException>(() => BenchToolOutput.Parse("tool", output)).Message, StringComparison.Ordinal);
}

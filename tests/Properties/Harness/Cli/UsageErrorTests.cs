using Gdn.Harness.Cli;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>Typical mistakes: one line each that says what is wrong and what to write, in the words of this tool.</summary>
[Collection(Alone.Name)]
public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("chek", "there is no command 'chek'; did you mean check?")]
    [InlineData("benchmark", "there is no command 'benchmark'; use one of gate, check,")]
    [InlineData("faults", "faults: it needs a command; use one of list, ")]
    [InlineData("faults lst", "faults: there is no command 'lst'; did you mean list?")]
    [InlineData("history plt", "did you mean plot?")]
    [InlineData("check", "check: --engine is missing")]
    [InlineData("check --engin cpu", "check: there is no option --engin; did you mean --engine?")]
    [InlineData("check --engin=cpu", "did you mean --engine?")]
    [InlineData("check --engine cpu --case 5", "did you mean --cases?")]
    [InlineData("check --engine cpu --frobnicate", "there is no option --frobnicate; 'gdn-harness check --help'")]
    [InlineData("check --engine cpu extra", "check: 'extra' is not expected here")]
    [InlineData("check --engine", "check: --engine needs a value")]
    [InlineData("check --engine cpo", "engine 'cpo': it does not exist; did you mean cpu?")]
    [InlineData("check --engine referense", "did you mean reference?")]
    [InlineData("check --engine cpu+fault:gate-spce", "did you mean gate-space? Otherwise see 'faults list'")]
    [InlineData("check --engine cpu+fault:nothing-like-it", "it does not exist; see 'faults list'")]
    [InlineData("check --engine cpu --seed x", "check: --seed: 'x' is not a value of it")]
    [InlineData("check --engine cpu --cases -3", "--cases: '-3' is not a positive whole number; write for example 100")]
    [InlineData("check --engine cpu --cases many", "--cases: 'many' is not a positive whole number")]
    [InlineData("check --engine cpu --time 10x", "--time: '10x' is not a duration; write 60, 60s, 5m or 2h")]
    [InlineData("check --engine cpu --np 8..2", "--np: ")]
    [InlineData("check --engine cpu --model synth:qwen36", "qwen36")]
    [InlineData("check --engine cpu --model nothing.gguf", "nothing.gguf': it cannot be read")]
    [InlineData("check --engine native:nothing.so", "nothing.so")]
    [InlineData("gate --profile fast", "gate: --profile: 'fast' is not one of its values; use one of ")]
    [InlineData("gate --profile quik", "did you mean quick?")]
    [InlineData("bleed", "give either --engine or --server")]
    [InlineData("bleed --engine cpu --profile quik", "--profile: 'quik' does not exist; did you mean quick?")]
    [InlineData("serve --delay x", "--delay: 'x' is not a number from 0 to 10000")]
    [InlineData("bleed --engine cpu --scenario stedy", "--scenario: 'stedy' does not exist; did you mean steady?")]
    [InlineData("bleed --engine cpu --scenario busy-slot", "--scenario: 'busy-slot' is traffic for servers; use --server")]
    [InlineData("bleed --server nonsense", "'nonsense' is not an address; write for example http://127.0.0.1:8080")]
    [InlineData("replay nothing.json", "nothing.json': it cannot be read")]
    [InlineData("throughput --kernel --shapes 1y1", "'1y1' is not a shape; write sequences x tokens")]
    [InlineData("throughput --server nonsense", "'nonsense' is not an address")]
    [InlineData("throughput --server http://127.0.0.1:1 --depth 512", "--depth is of no use with --server")]
    [InlineData("compare cpu http://127.0.0.1:1", "compare: compare two engines, two servers, or two reports")]
    [InlineData("compare http://127.0.0.1:1 http://127.0.0.1:2 --model any.gguf", "--model is of no use with servers")]
    [InlineData("compare cpu cpu --route chat", "--route is of no use with engines")]
    [InlineData("compare a.json b.json --np 4", "--np is of no use with reports")]
    [InlineData("compare a.json b.json", "a.json': it cannot be read")]
    [InlineData("ppl --kl-base nothing.bin", "nothing.bin': it cannot be read")]
    [InlineData("ppl --kl-base any.bin --ctx 64", "ppl: --ctx is of no use with --kl-base: the file has its text")]
    [InlineData("ppl --max-kl 0.1", "--max-kl needs something to compare with")]
    [InlineData("ppl --engine cpu --engine reference --max-kl none", "--max-kl: 'none' is not a positive number")]
    [InlineData("ppl --tool any --save-kl-base any.bin", "--save-kl-base is of no use with --tool")]
    [InlineData("completion ksh", "completion: ")]
    public async Task Mistake_IsOneLineWithARemedy(string commandLine, string expected)
    {
        TextWriter usual = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            Assert.Equal((int)ExitCode.Usage, await CommandLine.Run(commandLine.Split(' ')));
        }
        finally
        {
            Console.SetError(usual);
        }

        string[] lines = error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        string line = Assert.Single(lines, text => text.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", line, StringComparison.Ordinal);
    }
}

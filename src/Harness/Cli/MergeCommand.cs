using System.CommandLine;
using Gdn.Harness.Reports;
using Gdn.Harness.Shards;

namespace Gdn.Harness.Cli;

/// <summary><c>merge</c>: one report of those of all shards of a campaign.</summary>
internal static class MergeCommand
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "The --json of each shard; a file that is missing or broken off is a shard that died.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly ReportOptions Reports = new();

    public static Command Create()
    {
        var command = new Command(
            "merge", "Make one report of those of all shards (--shard i/n). A shard that is missing has not been run: the verdict is then "
            + "inconclusive at best.")
        {
            Files,
        };
        Reports.AddTo(command);
        command.SetAction(async parsed =>
        {
            var merge = ShardMerge.Read(parsed.GetRequiredValue(Files));
            var session = new Session(
                merge.First.Command, merge.First.Seed, folder: null, Reports.Of(parsed) with { Arguments = merge.First.Arguments });
            foreach (Part part in merge.Parts) session.Take(part);
            foreach (LeftOut leftOut in merge.LeftOut) session.LeaveOut(leftOut.Part, leftOut.Reason);
            return await session.FinishAsync();
        });
        return command;
    }
}

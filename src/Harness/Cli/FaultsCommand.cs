using System.CommandLine;
using Gdn.Harness.Faults;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary><c>faults list</c>: what can be planted.</summary>
internal static class FaultsCommand
{
    public static Command Create()
    {
        var list = new Command("list", "List the faults that can be planted, as cpu+fault:ID.");
        list.SetAction(_ =>
        {
            Table table = Output.Table(3, "id", "what goes wrong", "where it was seen");
            foreach (Fault fault in FaultCatalog.Faults)
                table.AddRow(Markup.Escape(fault.Id), Markup.Escape(fault.Summary), Markup.Escape(fault.Source));
            Output.Console.Write(table);
            return (int)ExitCode.Clean;
        });
        return new Command("faults", "Real bugs that can be planted into the CPU engine.") { list };
    }
}

using System.Globalization;
using Gdn.Harness.Engines;
using Gdn.Harness.Export;
using Gdn.Reference.Kernels;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>Kernel cases as files.</summary>
internal static class ExportSection
{
    private const string Name = "export";

    /// <summary>Writes them.</summary>
    public static Section Run(NamedEngine spec, KernelExport export, string folder, CancellationToken cancellation)
    {
        using IKernelEngine engine = spec.CreateKernel();
        Output.Console.WriteLine($"{Name}: kernel cases for {engine.Name}, seed {Output.Text(export.Seed)}, to {folder}");
        (ExportManifest manifest, long bytes) =
            LiveProgress.Run(Name, export.Cases, step => export.Write(folder, engine, step, cancellation));
        int written = manifest.Cases.Count;
        string reason = string.Create(CultureInfo.InvariantCulture, $"{written} of {export.Cases} cases written, {bytes / 1e6:F1} MB");
        if (bytes >= export.MaxBytes) reason += ", as many as a folder takes";
        return new Section(Name, [new { Cases = written, Bytes = bytes }], [], written == export.Cases, reason);
    }
}

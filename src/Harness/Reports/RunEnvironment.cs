using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json.Serialization;

namespace Gdn.Harness.Reports;

/// <summary>Where a run took place: what someone needs who sees another result.</summary>
/// <param name="Tool">Version of this tool.</param>
/// <param name="Runtime">.NET runtime.</param>
/// <param name="System">Operating system and processor architecture.</param>
/// <param name="Cores">Logical processors.</param>
/// <param name="VectorBits">Widest accelerated vectors.</param>
/// <param name="Processor">Its model, where the system reports it.</param>
/// <param name="Governor">Policy for clock frequencies, where the system reports it.</param>
/// <param name="Accelerator">Graphics cards and the version of their driver, where the system reports them.</param>
/// <param name="LoadAverage">Processes that ran or wanted to, on average over the minute before.</param>
public sealed record RunEnvironment(
    string Tool, string Runtime, string System, int Cores, int VectorBits, string? Processor, string? Governor,
    string? Accelerator, double? LoadAverage)
{
    /// <summary>This process; its load at the first access.</summary>
    public static RunEnvironment Current { get; } = new(
        typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "unknown",
        RuntimeInformation.FrameworkDescription,
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}",
        Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256
            : Vector128.IsHardwareAccelerated ? 128 : 0,
        ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim(),
        ReadLines("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").FirstOrDefault(),
        ReadAccelerator(),
        double.TryParse(
            ReadLines("/proc/loadavg").FirstOrDefault()?.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture,
            out double load) ? load : null);

    /// <summary>What a duration depends on, in words.</summary>
    [JsonIgnore]
    public string Machine => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor ?? "unknown processor"}, {Cores} cores, vectors of {VectorBits} bits, ")
        + $"governor {Governor ?? "unknown"}, load {LoadAverage?.ToString("F2", CultureInfo.InvariantCulture) ?? "unknown"}";

    // For example NVIDIA H100 80GB HBM3, driver 550.54.15.
    private static string? ReadAccelerator()
    {
        const string driver = "/proc/driver/nvidia";
        if (!Directory.Exists($"{driver}/gpus")) return null;
        IEnumerable<string> cards = Directory.EnumerateDirectories($"{driver}/gpus").Order(StringComparer.Ordinal)
            .SelectMany(card => ReadLines($"{card}/information"))
            .Where(line => line.StartsWith("Model:", StringComparison.Ordinal)).Select(line => line["Model:".Length..].Trim());
        string? version = ReadLines($"{driver}/version").FirstOrDefault()?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(word => Version.TryParse(word, out _));
        return $"{string.Join(", ", cards)}, driver {version ?? "unknown"}";
    }

    // Files that Linux has, and others do not.
    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

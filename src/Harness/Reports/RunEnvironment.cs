using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gdn.Harness.Reports;

/// <summary>Where a run took place: what someone needs who sees another result.</summary>
/// <param name="Tool">Version of this tool.</param>
/// <param name="Runtime">.NET runtime.</param>
/// <param name="System">Operating system and processor architecture.</param>
/// <param name="Cores">Logical processors.</param>
/// <param name="VectorBits">Widest accelerated vectors.</param>
public sealed record RunEnvironment(string Tool, string Runtime, string System, int Cores, int VectorBits)
{
    /// <summary>This process.</summary>
    public static RunEnvironment Current { get; } = new(
        typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "unknown",
        RuntimeInformation.FrameworkDescription,
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}",
        Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256
            : Vector128.IsHardwareAccelerated ? 128 : 0);
}

using System.Reflection;
using Gdn.Optimized.Cuda.Kernels;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using Xunit;

namespace Gdn.Properties.Optimized.Cuda;

/// <summary>Every kernel compiles for a Hopper GPU, which takes no GPU.</summary>
public class PtxTests
{
    public static TheoryData<string> Kernels =>
        [.. Methods.Select(method => $"{method.DeclaringType!.Name}.{method.Name}")];

    private static IEnumerable<MethodInfo> Methods => typeof(ConvKernel).Assembly.GetExportedTypes()
        .Where(type => type.Namespace == typeof(ConvKernel).Namespace && type.Name.EndsWith("Kernel", StringComparison.Ordinal))
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.Name.StartsWith("Run", StringComparison.Ordinal));

    // A function that the compiler knows no instructions for becomes an external one, which nobody supplies.
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Kernel_ForHopper_CallsNothingFromOutside(string name)
    {
        string ptx = Ptx(Methods.Single(method => $"{method.DeclaringType!.Name}.{method.Name}" == name));
        Assert.Contains(".entry", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(".extern .func", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(".f64", ptx, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernel_ThatCallsWhatGpusLack_IsNoticed() => Assert.Contains(
        ".extern .func", Ptx(typeof(PtxTests).GetMethod(nameof(Fused), BindingFlags.NonPublic | BindingFlags.Static)!), StringComparison.Ordinal);

    private static void Fused(ArrayView<float> x) => x[0] = MathF.FusedMultiplyAdd(x[0], x[1], x[2]);

    private static string Ptx(MethodInfo method)
    {
        using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
        using var backend = new PTXBackend(context, CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, nvvmAPI: null!);
        CompiledKernel kernel = backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), default);
        return ((PTXCompiledKernel)kernel).PTXAssembly;
    }
}

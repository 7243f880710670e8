using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Xunit;

namespace Gdn.Properties.Harness.Findings;

/// <summary>What a kernel campaign shows of what it found.</summary>
public sealed class KernelFindingsTests
{
    private static KernelFinding Finding(string @case, KernelProperty property, string where) =>
        new("mine", KernelCase.Parse(@case), property, where, Expected: 1, Actual: 2, Error: 1, Allowed: 0.1);

    /// <summary>A bug that shows in outputs and states, whatever the inputs, is one finding; another shape is another.</summary>
    [Fact]
    public void FindingsOf_OneBugOnManyInputs_IsOneFinding()
    {
        const string shape = "T1,n1,Hk1,Hv1,K4,V1,tiled,head,p0,rows1";
        IReadOnlyList<Finding> findings = KernelFindings.Of(
            [
                Finding($"ggml-gates:{shape}:1", KernelProperty.ErrorBound, "o[seq 0]"),
                Finding($"ggml-gates:{shape}:1", KernelProperty.Baseline, "state[seq 0]"),
                Finding($"slow-gates:{shape}:2", KernelProperty.ErrorBound, "o[seq 0]"),
                Finding($"slow-gates:{shape}:2", KernelProperty.Baseline, "state[seq 0]"),
                Finding($"slow-gates:{shape.Replace("T1", "T2", StringComparison.Ordinal)}:2", KernelProperty.ErrorBound, "o[seq 0]"),
                Finding($"weak-writes:{shape}:3", KernelProperty.Crash, "the process ended"),
            ],
            seed: 5);

        Assert.Equal(
            ["kernel-ggml-gates-5", "kernel-slow-gates-5", "kernel-weak-writes-5"], findings.Select(finding => finding.Id));
        Assert.EndsWith("; also Baseline state[seq 0]", findings[0].Summary, StringComparison.Ordinal);
        Assert.Contains("T2,", findings[1].Case, StringComparison.Ordinal);
        Assert.EndsWith("allowed 0.1", findings[2].Summary, StringComparison.Ordinal);
    }
}
